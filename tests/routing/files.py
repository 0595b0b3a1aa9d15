"""Headers of the files that the importer takes, and how tests write them."""

from pathlib import Path
from typing import Protocol

OFFICES = "code,type,name_th,parent_code"
PLACED = f"{OFFICES},province_code,district_code,active"
SCHOOLS = "code,name_th,parent_code,affiliation,level,district_code,postal_code"
DISTRICTS = "district_code,on"
HOURS = "office_code,weekday,from,to"
LINKS = "office_code,affiliation,level,province_code,district_code,confirmed,valid_from,valid_to"


class Write(Protocol):
    """Writes a file of these lines and gives its path."""

    def __call__(self, name: str, *lines: str) -> Path: ...
