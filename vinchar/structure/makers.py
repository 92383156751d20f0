"""Who made it, by code: builds the table that ``vin.maker`` reads, of two lists that check each other.

vPIC (US Department of Transportation, US government work) names the company that registered a code: all that sell in
the United States, and few others. ``vininfo`` (BSD-3) names makes of all the world, with slips, and often one make
where the company builds several under one code. So the company stands in the table, or its make where the make has the
code to itself. Where the two contradict each other, no name stands there.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from vininfo.dicts import WMI

from vinchar.files import whole_file
from vinchar.vin import ALPHABET

# Companies whose names start so are called so: "FORD WERKE AG" is Ford. The longest start that fits counts.
_BRANDS = (
    "Alfa Romeo|Aprilia|Audi|Austin Rover|Bajaj|BMW|BMW Brilliance|BRP|Buell|BYD|Daihatsu|Daimler Buses|"
    "Daimler Truck|Ducati|FCA Canada|FCA Italy|FCA US|Ferrari|Fiat|Fisker|General Motors|GM Daewoo|GMC|"
    "Harley-Davidson|Hino|Honda|Husqvarna|Hyundai-Kia|Isuzu|Iveco|Jaguar Land Rover|Kawasaki|Kenworth|Kia|KTM|"
    "Maserati|Mazda|Mazda Toyota|McLaren|Mercedes-Benz|Mitsubishi|Mitsubishi Fuso|Nissan|Opel|Peterbilt|Peugeot|"
    "Piaggio|Polaris|Porsche|Renault|Renault Samsung|Renault Trucks|Rivian|Rolls-Royce|Royal Enfield|Saab|"
    "SAIC General Motors|Scania|SsangYong|Subaru|Suzuki|Tesla|Toyota|UD Trucks|Volkswagen|Volvo|Volvo Eicher|"
    "Volvo Group|Volvo Trucks|Western Star|Yamaha"
)
# Other starts, and what the company is called.
_ALIASES = {
    "Adam Opel": "Opel",
    "American Honda": "Honda",
    "Auto Alliance": "AutoAlliance",
    "Automobiles Peugeot": "Peugeot",
    "Automobili Lamborghini": "Lamborghini",
    "Beiqi Foton": "Foton",
    "Bentley Motors": "Bentley",
    "Bombardier Recreational": "BRP",
    "Brilliance Zhonghua": "Brilliance",
    "China First Automobile": "FAW",
    "Chrysler de Mexico": "FCA Mexico",
    "Chrysler Group": "FCA US",
    "Citroen": "Citroën",
    "Daewoo Poland": "FSO",
    "Daimler AG": "Mercedes-Benz",
    "Daimler Chrysler de Mexico": "FCA Mexico",
    "Daimler Chrysler": "Mercedes-Benz",
    "Daimler Vehículos": "Daimler Truck",
    "DaimlerChrysler AG": "Mercedes-Benz",
    "Daqing Volvo": "Volvo",
    "Delorean": "DeLorean",
    "Dong Feng": "Dongfeng",
    "Dr. Ing. h.c.F. Porsche": "Porsche",
    "EvoBus": "Daimler Buses",
    "FAW Car": "FAW",
    "Ford India": "Ford",
    "Ford Motor": "Ford",
    "Ford of Europe": "Ford",
    "Ford Otomotiv": "Ford",
    "Ford Otosan": "Ford",
    "Ford Werke": "Ford",
    "Fuji Heavy": "Subaru",
    "Hyundai de Mexico": "Hyundai Translead",
    "Hyundai Motor": "Hyundai",
    "Indian Motorcycle Company": "Indian",
    "Indian Motorcycle LLC": "Indian",
    "International Motors": "International",
    "International Truck": "International",
    "Irisbus France": "Irisbus",
    "IvecoBus": "Iveco Bus",
    "Karl Kässbohrer": "Setra",
    "Kia Georgia": "Hyundai-Kia",  # builds Hyundais too, as does the next one
    "Kia Mexico": "Hyundai-Kia",
    "Kwang Yang": "Kymco",
    "Lotus Cars": "Lotus",
    "Lucid USA": "Lucid",
    "Mack Canada": "Mack",
    "Mack Truck": "Mack",
    "Mack Trucks Inc": "Mack",
    "Mercedes Benz": "Mercedes-Benz",
    "Micro Compact Car": "Smart",
    "Moto Honda": "Honda",
    "Navistar Canada": "International",
    "New United Motor": "NUMMI",
    "Oy Saab": "Saab",
    "Polestar Performance": "Polestar",
    "Quattro": "Audi",
    "Renault Dacia": "Dacia",
    "Rolls Royce": "Rolls-Royce",
    "SAIC MG": "SAIC",
    "Sanyang": "SYM",
    "Seat": "SEAT",
    "Shanghai General Motors": "SAIC General Motors",
    "Skoda": "Škoda",
    "Sour Zavodi": "Zastava",
    "Sterling Trucks": "Sterling",
    "TABC": "Toyota",
    "Triumph Motorcycles": "Triumph",
    "Volvo Europa Truck": "Volvo Trucks",
    "Volvo Group North America": "Volvo Trucks",
    "Volvo White Truck": "Volvo White",
    "Yugo": "Zastava",
    "Zeekr": "Geely",
    "Škoda Trolleybuses": "Škoda",
}
_CALLED = {name.casefold(): name for name in _BRANDS.split("|")}
_CALLED |= {start.casefold(): name for start, name in _ALIASES.items()}
_START = re.compile(
    "(?:" + "|".join(map(re.escape, sorted(_CALLED, key=len, reverse=True))) + r")(?![\w'-])", re.IGNORECASE
)

# Makes that have codes of their company to themselves.
_MAKES = {
    "AutoAlliance": "Mazda|Mercury",
    "BMW": "Alpina|Mini",
    "Daimler Buses": "Setra",
    "Daimler Truck": "Freightliner",
    "FCA Canada": "Chrysler|Dodge|Plymouth|Volkswagen",
    "FCA Italy": "Fiat",
    "FCA Mexico": "Chrysler|Dodge|Plymouth",
    "FCA US": "Chrysler|Dodge|Jeep|Mitsubishi|Plymouth|Volkswagen",
    "Ford": "Lincoln|Mazda|Mercury|Nissan",
    "General Motors": "Buick|Cadillac|Chevrolet|GMC|Hummer|Isuzu|Oldsmobile|Opel|Pontiac|Saab|Saturn|"
    "SAIC General Motors",
    "Honda": "Acura",
    "Hyundai-Kia": "Hyundai|Kia",
    "Isuzu": "Acura|Honda",
    "Jaguar Land Rover": "Jaguar|Land Rover",
    "Mercedes-Benz": "Dodge|Smart",
    "Nissan": "Infiniti",
    "NUMMI": "Pontiac",
    "Opel": "Buick|Cadillac|Saturn",
    "SAIC General Motors": "Buick",
    "Subaru": "Saab",
    "Toyota": "Lexus|Scion",
}

# Codes that several makes have, of which vininfo names one: what it says of them does not count.
_SHARED = (
    "1C2 1C3 1C4 1C5 1C6 1C7 2C3 2C4 2C5 2C6 2C7 3C2 3C3 3C4 3C5 3C6 3C7 "  # Chrysler, Dodge, Fiat, Jeep, Ram
    "1G8 1MR 1Y1 2CK 2CN 3KM 3KP 3N6 4UZ 54D 5LD 5XY 6G1 988 JC1 JTK JTL JTN KL7 KLA KMH LGH LS5 MA7 MBH SAD SED SKF "
    "SUL U5Y VN1 VNV W1A WD2 WD5 WVM XUF XW8 XWE XWF Y6D ZFB ZFC "
)
# Nor do its slips: 5 was read as S, two letters were transposed, the number is older than the standard.
_SLIPS = (
    "112 123 1TK 3GV 4GD 601 602 93V B01 CF1 EDB FM2 FSM FV1 FV3 FV7 G4G G61 GKA JFS JGN JNT KC4 KLM KN1 KRX L4C MAJ "
    "SNE SNT STE SUR TC3 USY V0L VF0 VFB VFF VFG VFJ VFZ VS1 VS3 VSZ VW1 VW2 VWG VWV VY1 W00 WAV WAX WBD WE0 WF1 WF3 "
    "WF7 WMB WNK WS0 WSS WUW WV0 WVZ WWD WWW WYG WYW WZW X96 XXX YMB Z12 Z3B ZAF ZSA "
)
_DISTRUSTED = set((_SHARED + _SLIPS).split())
# First two characters that one company has to itself, but for the codes that others have registered.
_WHOLE = ("JS", "JT", "JY", "KN", "W1", "WV")

# Legal forms at the end of a name, with or without dots and spaces: LLC, L.L.C., S. A. de C. V.
_FORMS = (
    "inc incorporated llc ltd ltda limited limitedliabilityco limitedliabilitycompany co company corp corporation gmbh "
    "ag kg bv nv ab oy as aps oü pty pte pvt plc ulc lp sl srl spa sarl sas doo sro sa sadecv sderl sderldecv spzoo"
)
_LEGAL = re.compile(r"\W*\b(?<!\w\.)(?:" + "|".join(map(r"\W*".join, _FORMS.split())) + r")\W*$", re.IGNORECASE)
_ASIDE = re.compile(r"^the |\(.*?\)|,? an? (?:division|unit|subsidiary) of .*", re.IGNORECASE)
_TRADES_AS = re.compile(r".+?\b(?:dba|d/b/a/?|aka)\b\W*(?=\w)", re.IGNORECASE)
_COUNTRY = re.compile(r",? (?:Argentina|Australia|Brazil|Canada|China|Germany|Mexico|Myanmar|Thailand|UK|USA)$")
# A word without a vowel is an acronym, but for the last of these.
_SMALL = re.compile("and|by|de|del|do|for|in|of|on|the|to|y")
_ACRONYM = re.compile("AAA|ABC|AM|ATV|EV|EZ|IC|LSV|SUV|UK|US|USA|UTV|[^AEIOUYÄÖÜÉÍ]+")
_SHORTENED = re.compile("BLDG|MFG|MFR|MFRS|MTRS|PKG|ST|SVC|TRLR|TRLRS|WLDG")

_CARS = {"Passenger Car", "Multipurpose Passenger Vehicle (MPV)"}
_LARGE = {"Truck", "Incomplete Vehicle", "Bus"}


def build_makers(wmis: Path, out: Path) -> None:
    """Write the table of makers to ``out``: tab-separated, UTF-8, gzipped, the same bytes for the same sources.

    ``wmis``: vPIC's table, gzipped, with the columns ``wmi``, ``vehicle_type``, ``manufacturer``. Columns written:
    ``code`` (three characters, or six where the third is a 9: positions 1-3 and 12-14), ``maker`` (empty where the
    sources contradict each other), ``light`` (``light`` where the code stands for cars, vans and pickups).
    """
    with gzip.open(wmis, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if set(row["wmi"]) <= set(ALPHABET)]
    companies = {row["wmi"]: presentable(row["manufacturer"]) for row in rows}
    makers = dict(_unregistered(companies)) | {code: _agreed(code, company) for code, company in companies.items()}
    # A company that builds cars numbers its trucks and vans by the rules for cars, the large ones too.
    cars = [row["wmi"] for row in rows if row["vehicle_type"] == "Passenger Car" and row["wmi"][0] in "12345"]
    build_cars = {name for code in cars for name in (companies[code], makers[code])}
    light = {
        row["wmi"]
        for row in rows
        if row["vehicle_type"] in _CARS or (row["vehicle_type"] in _LARGE and companies[row["wmi"]] in build_cars)
    }
    lines = [f"{code}\t{maker}\t{'light' * (code in light)}\n" for code, maker in sorted(makers.items())]
    with whole_file(out) as part, part.open("wb") as plain, gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as file:
        file.write("".join(["code\tmaker\tlight\n", *lines]).encode())


def presentable(name: str) -> str:
    """Return what to call a company: its brand, or its name without legal form, in capitals and small letters."""
    short = _short(name)
    return short if short in _CALLED.values() or not short.isupper() else re.sub(r"[^\W\d_]+", _cased, short)


def _short(name: str) -> str:
    """Return the brand of a company, or its name without legal form, with the capitals that it has."""
    name = _TRADES_AS.sub("", " ".join(name.split()))
    name = " ".join(_ASIDE.sub(" ", name).split()) or name
    start = _START.match(name)
    if start:
        return _CALLED[start.group().casefold()]
    while (short := _LEGAL.sub("", name)) and short != name:
        name = short
    return name


def _cased(found: re.Match[str]) -> str:
    """Return a word of a name that is all in capitals as it is written elsewhere."""
    word, before = found.group(), found.string[: found.start()][-1:]
    if _ACRONYM.fullmatch(word) and not _SHORTENED.fullmatch(word):
        return word.lower() if before == "'" and len(word) == 1 else word  # the S of JOE'S
    if before.isdigit() or (before == " " and _SMALL.fullmatch(word.lower())):
        return word.lower()
    return "Mc" + word[2:].capitalize() if word.startswith("MC") and len(word) > 4 else word.capitalize()


def _make(code: str) -> str | None:
    """Return the make that vininfo gives for a code of two or three characters, None if it gives none to go by."""
    found = None if code in _DISTRUSTED else WMI.get(code)
    return None if found is None else _short(_COUNTRY.sub("", str(getattr(found, "manufacturer", found))))


def _agreed(code: str, company: str) -> str:
    """Return the name for a code that ``company`` has registered: its own or that of a make; empty if doubtful."""
    makes = _MAKES.get(company, "").split("|")
    make = _make(code) if len(code) == 3 else None
    if make is None:
        wider = _make(code[:2]) if len(code) == 3 and code not in _DISTRUSTED else None
        return wider if wider in makes else company
    if make in makes:
        return make
    one, other = ({word for word in re.split(r"\W+", name.casefold()) if word} for name in (make, company))
    return company if one <= other or other <= one else ""


def _unregistered(companies: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield code and maker of what vPIC lacks. In North America that is nothing: what it lacks there is a slip."""
    wider = {first + third: first for first in _WHOLE for third in ALPHABET}
    for code in wider | WMI:
        if len(code) == 3 and set(code) <= set(ALPHABET) and code[0] not in "012345" and code[2] != "9":
            make = _make(code) or _make(wider.get(code, ""))
            if code not in companies and make and code not in _DISTRUSTED:
                yield code, make
