"""The form that puts an earlier call flow in force again, with somebody who may send it."""

from flask import Flask

from tests.console.flow_people import published
from tests.console_cases.people import hired
from tests.console_cases.scenes import REASON, Desk, Scene, scene


@scene("/flow/releases/<int:number>/restore")
def restoring(app: Flask) -> Scene:
    release = published()
    admin = Desk(app, hired("มานี ทดสอบ", ("admin", "HQ")))
    form = {"base": str(release.id), "note": REASON, "sure": "yes"}
    return Scene(admin, "/flow/releases/0/restore", form)
