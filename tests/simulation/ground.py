"""Where a simulation runs: a private PostgreSQL with the country, thrown away afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from core import migrations, runtime
from core.database import transaction
from core.processes import ROOT
from core.settings import Settings
from routing.services import load_public_tree
from tests.simulation.settings import production
from tests.support.servers import PostgresServer


@contextmanager
def ground() -> Iterator[Settings]:
    """A fresh database that holds the public tree and nothing else."""
    folder = tempfile.mkdtemp(prefix="hotline-simulation-", dir="/tmp")
    server = PostgresServer()
    try:
        settings = production(server.copy("template0", "simulation"), folder)
        migrations.upgrade(settings.database_url)
        made = runtime.configure(settings)
        try:
            with transaction() as session:
                load_public_tree(session, root=ROOT)
            yield settings
        finally:
            made.engine.dispose()
    finally:
        server.stop()
        shutil.rmtree(folder)
