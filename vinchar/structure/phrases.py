# ruff: noqa: RUF001 - Russian text is meant to be Russian
"""The grammar of other text: what its parts are made of, and the lines of labels, documents, tickets and screens.

``{a|b}`` is one of several, ``{name}`` one of ``PARTS[name]``. ``{d4}`` are digits, ``{a3}`` capitals, ``{x6}``
hexadecimal digits, ``{c5}`` digits and capitals; ``{d4-9}`` of them between 4 and 9. ``{n100-3500}`` is a number,
with
leading zeros where the lower bound has them. ``{w}`` is a word of the line's language. Braces may hold braces.
"""

from __future__ import annotations

from vinchar.structure.words import LISTS

# fmt: off
PARTS: dict[str, tuple[str, ...]] = LISTS | {
    "ws": ("{w}", "{w} {w}", "{w} {w} {w}", "{w} {w} {w} {w}", "{w} {w} {w} {w} {w} {w}"),
    "Y": ("20{n00-26}", "20{n00-26}", "19{n50-99}"),
    "D": ("{n01-31}", "{n01-28}"),
    "M": ("{n01-12}",),
    "date": (
        "{D}.{M}.{Y}", "{D}/{M}/{Y}", "{Y}-{M}-{D}", "{D} {month} {Y}", "{M}/{D}/{n00-26}", "{D}-{month}-{n00-26}",
        "{D} {M} {Y}", "{M}/{Y}", "{M}/{n00-26}", "{month} {D}, {Y}", "{Y}{M}{D}", "{D}{M}{n00-99}", "{Y}.{M}.{D}",
    ),
    "time": ("{n00-23}:{n00-59}", "{n00-23}:{n00-59}:{n00-59}", "{n1-12}:{n00-59} {AM|PM}"),
    "price": (
        "{n1-99}.{n00-99}", "{n100-999},{n00-99}", "{n1-99}.{d3},{n00-99} EUR", "${n1-99},{d3}.00",
        "€ {n1-999},{n00-99}", "{n1-99} {d3} {zł|Kč|kr|руб|TL|Ft|CHF}", "USD {n10-9999}.{n00-99}",
        "£{n1-999}.{n00-99}", "{d2-6}.00",
    ),
    "name": (
        "{first} {last}", "{last} {first}", "{last}, {first} {first}", "{first} {a1}. {last}",
        "{last} {first} {first}",
    ),
    "street": (
        "{n1-999} {last} {STREET|ST|AVE|ROAD|RD|DRIVE|LANE|BLVD}", "{last}{str.|straße|weg|platz|gasse} {n1-150}",
        "{n1-99} rue {de la |du |}{w}", "C/ {w} {n1-99}, {n1-9}º", "Via {last} {n1-150}",
        "ul. {last} {n1-99}/{n1-60}", "{w} Cad. No:{n1-99}", "ул. {w}, д. {n1-99}, кв. {n1-200}", "Rua {w} {n1-400}",
        "PO BOX {d3-6}", "APT {n1-400}",
    ),
    "town": (
        "{d5} {place}", "{d4} {a2} {place}", "{d2}-{d3} {place}", "{place} {a2} {d5}", "{place} {a2}{d1} {d1}{a2}",
    ),
    "company": (
        "{maker} {MOTOR CO|MOTORS|MOTOR CORPORATION|INC|AG|GMBH|S.A.|S.P.A.|LTD|CO., LTD.|OF AMERICA|DE MEXICO}",
        "{last} {& {last}|AUTO|BANK|GROUP|LOGISTICS|HOTEL|GARAGE} {LTD|LLC|GMBH|SARL|SRL|S.A.|INC|A.Ş.|ООО|}",
    ),
    "plate": (
        "{a2} {d3} {a2}", "{a3} {d4}", "{a1-3}-{a1-2} {d1-4}", "{d4} {a3}", "{a2}{d2} {a3}", "{d2} {a1-3} {d2-4}",
        "{d1}{a3}{d3}", "{a1}{d3}{a2}{d2-3}", "{a3}-{d2}-{d2}", "{d5} {a1}", "{a2}-{d3}-{a1}",
        "{DUBAI|OMAN} {a1} {d5}",
    ),
    "phone": (
        "+{n1-99} {d2-3} {d3} {d4}", "({d3}) {d3}-{d4}", "0{d2-4}/{d5-8}", "1-800-{d3}-{d4}",
        "0{d2} {d2} {d2} {d2} {d2}",
    ),
    "kg": (
        "{n300-3500} {KG|kg}", "{n1000-44000} KG", "{n700-9900} LB", "{n1-20}{d3} KG ({n1-44}{d3} LB)", "{n300-3500}",
    ),
    "iban": (
        "{iso2}{d2} {d4} {d4} {d4} {d4} {d2-4}", "{iso2}{d2} {a4} {d4} {d4} {d4} {d2}", "{iso2}{d20}",
        "{iso2}{d2}{a4}{d14}",
    ),
    "serial": (
        "{d8-16}", "{a1-3}{d6-14}", "{c8-16}", "{a2}{d2}{a1}{d5-8}", "{d2}{a2}{d8-10}", "{a1}{d9-12}{a1-2}",
        "{d3}-{d7}-{d1-5}",
    ),
    "fill": ("<", "<<<", "<<<<<<<<", "<<<<<<<<<<<<<<"),
    "model": (
        "{a1}{d1-3}", "{a1-3} {d2-4}", "{w}", "{n1-9}.{n0-9} {TDI|TSI|TDCI|HDI|CRDI|V6|GTI|GDI|CVT|4WD|AWD|HYBRID}",
        "{c3-6}",
    ),
}

# Kinds of text: how often each is drawn, and its lines.
LINES: dict[str, tuple[float, tuple[str, ...]]] = {
    "sentence": (3.0, (
        "{ws} {ws} {ws}", "{w} {w} {w} {w}", "{ws} {ws}", "{ws}: {ws}", "{ws} {d1-3} {ws}", "{w}-{w}, {ws}.",
    )),
    "caption": (1.5, (
        "{w}: {serial}", "{w} {w}: {ws}", "{w} {w}", "{w} {date}", "{ws} {d1-8}", "{w} {c2-6} {w}",
        "{w}. {w}: {c3-9}",
    )),
    "label": (2.0, (
        "{GVWR|GAWR|GAWR FRT|GAWR RR|PTAC|PTRA|ZGG|GVM|PBV|PNBV}{: | }{kg}", "GVWR {kg} GAWR FRT {kg} RR {kg}",
        "{1|2|T}{-| - |. }{kg}", "1- {kg} 2- {kg}", "FRONT AXLE {kg} REAR AXLE {kg}", "MFD BY {company}",
        "MFD IN {country}", "{date} {company}", "{company} MADE IN {country}", "DATE OF MFR {M}/{Y}",
        "{MFG|MFD|MFR|DATE} {date} GVWR {kg}",
        "TYPE: {PASSENGER CAR|PASS. CAR|MPV|TRUCK|TRAILER|MOTORCYCLE|INCOMPLETE VEHICLE|BUS} {COLOR|} {c3}",
        "MODEL {model} {c4-8}",
        "{COLOR|C/TR|PAINT|EXT PNT|FARBE|TRIM} {c2-4}{/| }{c2-4} {TRIM|INT TR|} {c2-5} {AXLE|TR|TRANS|} {c2-3}",
        "{BRK|PSC|INT TR|TP/PS|R|AXLE|TR|SPR|DSO|WB|BODY} {c1-3} {c1-3} {c2} {d1-2} {c1-3}",
        "PAINT {c1}{d4}{c2} {colour} {c2-5}", "{colour} {METALLIC|MET.|PEARL|SOLID} {c3-5}", "MODELE/MODEL {c6-12}",
        "VEH. {w} {c5-10} {d2-3}KW {c3-5}", "{c3} {c3} {c3} {c3} {c3}",
        "{c1}{d2} {c1}{d2} {c1}{d2} {c1}{d2} {c1}{d2}", "TRANS {c4-6} AXLE RATIO {n2-4}.{d2}",
        "THIS VEHICLE CONFORMS TO ALL APPLICABLE {U.S.|CANADA|} FEDERAL MOTOR VEHICLE SAFETY STANDARDS",
        "BUMPER AND THEFT PREVENTION", "STANDARDS IN EFFECT ON THE DATE OF MANUFACTURE SHOWN ABOVE",
        "OCCUPANTS AND CARGO SHOULD NEVER EXCEED {kg}", "SEATING CAPACITY TOTAL {n2-9} FRONT 2 REAR {n2-5}",
        "FAHRGESTELL-NR. TYP {c4-8}", "PRODUCT DATE {date} {c4}", "MADE IN {country}",
    )),
    "tyre": (0.8, (
        "{n15-31}5/{n3-8}{0|5}{R|ZR}{n13-22} {n70-120}{a1}",
        "TIRE {n15-31}5/{n3-8}{0|5}R{n13-22} RIM {n13-22}X{n4-10}{.5|}J{J|}",
        "P{n18-29}5/{n5-8}{0|5}R{n14-20} {n80-120}{S|T|H|V}",
        "{n225-315}/{n60-80}R{17.5|19.5|22.5}{(G)|(H)|} {n6-9}.{25|50|00|75}DC",
        "{n16-31}5/{n3-8}{0|5}R{n13-22} AT {n28-60} PSI{/{n190-400} KPA|} COLD",
        "{n190-400} KPA {n28-60} PSI {n19-60} BAR", "{n5-10}.{0|5}Jx{n14-21} {H2|} ET{n20-60}",
        "11R22.5{(G)|(H)|} {n80-120} PSI COLD SINGLE", "DOT {c4} {c4} {d4} TUBELESS RADIAL",
        "FRONT {n15-31}5/{n3-8}{0|5}R{n13-22} {n200-350}KPA,{n29-50}PSI REAR SPARE",
        "{n2-4}.{n0-9} BAR {n15-31}5/{n3-8}{0|5} R{n13-22}",
    )),
    "approval": (1.0, (
        "{e|E}{n1-29}*{2007/46|2007/46|2018/858|2001/116|98/14|70/156|168/2013|2002/24}*{d4}{*{n00-40}|}",
        "{e|E}{n1-29} {d2}{R|}-{d5-6}",
        "{TC|ТС|TC|EAC} RU {E|C|Е}-{iso2}.{MT|АГ|MT|AB|HB|ME}{d2}.{A.|B.|}{d5}{.P{n1-9}|}",
        "E-{iso2}.{МТ|MT|AB}{d2}.B.{d5}", "EC TYPE APPROVAL {e|E}{n1-29}*{d4}/{d2-3}*{d4}*{n00-40}",
        "{e|E}{n1-29}*KS07/46*{d4}*{n00-40}", "EEV {d3-4}/{n95-99} EURO {n3-6}",
        "CONFORMS TO REGULATIONS {EURO|TIER|STAGE} {n2-6}{A|B|C|D|} {d4}/{d2}/EC",
        "LEV{2|3} SULEV30 PC {US EPA T2B{n2-8}|CARB} OBD II",
        "{a1}{a4}0{n1-5}.{n0-9}{a3} {EVAP|GROUP:} {a1}{a4}0{d3}{c3}", "E{n1-29} {n01-14} {HC|HCR|R|PL|02 A} {d4-5}",
        "{n1-8}.{n0-9}L TWC/HO2S/WR-HO2S/CAC/DFI", "CATALYST {ENGINE FAMILY|FAMILY} {c11-12} {n1-6}.{n0-9}L",
        "FCC ID: {c3}{c4-9} IC: {d4}A-{c5-8}", "EMISSION CONTROL {2|3|4}-{c3-8}",
    )),
    "engine": (1.0, (
        "{ENGINE|ENG|ENGINE NO|MOTOR|MOTEUR|MOTORNR|ENG. NO.|ДВИГАТЕЛЬ}{.|:|} {c2-4}{d5-10}", "{c2-4} {d6-8}",
        "{d3}.{d3} {d8}", "{a1-4}{d6-9}",
        "{ISX|ISB|X|L9 |MX-|DD|D|PX-|OM|PACCAR MX}{n5-16}{ |}{ST2|ST|EPA10|EU6|} {n190-600}HP{@|/}{n12-26}00{ RPM|}",
        "ENGINE MODEL {c4-9} {n2-16}.{n0-9} L", "{n100-600} KW {n1000-4500} RPM {n400-3000} NM",
        "ADVERTISED HP {n190-600} AT {n12-26}00 RPM", "VALVE LASH COLD IN .{d3} EX .{d3}",
        "{n900-6000} CC {n40-400} KW", "FIRING ORDER 1-5-3-6-2-4 IDLE {n550-900} RPM",
        "ENGINE SERIAL {NO|NUMBER} {d8} CPL {d4}", "ECM CODE {a2}{d5}.{d2}",
        "TRANSMISSION {c3-6}-{d2-4}{a1-3} {serial}", "REAR AXLE {a2}-{d2}-{d3} RATIO {n2-6}.{d2}",
        "{AUTOSHIFT|ULTRASHIFT|I-SHIFT|ALLISON} {c4-10}",
    )),
    "part": (1.2, (
        "{c3} {d3} {d3} {a1-2}", "{d3}.{d3}.{d2}.{d2}", "{d5}-{c5}", "{d5}-{c3}-{c3}", "{c1}{d3} {d3} {d2} {d2}",
        "{c4}-{d5}-{a2}", "{d8}", "{a1} {d3} {d3} {d2} {d2}", "PART {NO|NUMBER|}{.|:|} {c8-14}",
        "P/N {c3-6}-{c4-6}{-{c2}|}", "{c10-16}", "REV {c1-4}", "ASSY {d4-6}-{d3-5} REV {a1}", "{d4-5} {d4-6} {d2-4}",
        "HW {d3} SW {d4} {c10}",
    )),
    "serial": (1.5, (
        "{S/N|SERIAL NO|SERIAL|SER. NO.|SN|LOT|BATCH|ID|REF}{:|.|} {serial}", "{serial}", "{serial} {serial}",
        "{c10-16}", "{d10-20}", "{a3}{d10-14}", "{d20-24}", "{d1}{a1}{d2}{a1}{c8-12}",
        "{IMEI|IMEI1|IMEI 2|MEID}{:|} 35{d13}", "MAC{: | }{x2}:{x2}:{x2}:{x2}:{x2}:{x2}",
        "{x8}-{x4}-4{x3}-{x4}-{x12}", "{x12-16}", "ICCID 89{d17}", "{x2}-{x2}-{x2}-{x2}-{x2}-{x2}",
        "POLICY {serial}", "{c4-8} {serial}", "KEY {c5}-{c5}-{c5}-{c5}-{c5}", "0x{x8} {x8}",
        "{x32}", "{c18-23}", "{d18-20}",
    )),
    "barcode": (1.0, (
        "{d1} {d6} {d6}", "{d13}", "(01){d14}(21){c6-10}", "(00){d18}", "(01) {d14} (17) {d6} (10) {c4-8}",
        "*{c6-15}*", "*{d6-12}*", "*{a2}-{d5-9}*", "EAN {d13}", "{a2} {d3} {d3} {d3} {iso2}", "1Z{c6}{d10}",
        "{d4} {d4} {d4} {d4} {d4} {d2}", "{a2}{d9}{iso2}", "1P{c6-12}", "{SSCC|GTIN|SKU|UPC|ASIN|ISBN} {d12-18}",
        "{P|V|Q|S|1T}{c6-14}", "% {d3-6} {SAMPLE|SPECIMEN|MUSTER}{c2-6}{d2-8}",
    )),
    "registration": (1.5, (
        "{field} {c2-8} {A|B|C|D|E|P.2|V.9|(2.1)|} {d2-5}",
        "A {plate} B {date}", "B {date} {iso2} {d4}", "C.{1|2|3|4}.{1|2|3} {last}{ {first}|}",
        "C.1.3 {street}{, {town}|}", "D.1 {maker} D.2 {c2-6} {c3-8} D.3 {model}",
        "F.1 {n900-3500} F.2 {n900-3500} G {n700-3000}", "{P.1|P1} {n900-6000} {P.2|P2} {n40-400} {P.3|P3} {w}",
        "K {e|E}{n1-29}*{2007/46|2001/116|2018/858}*{d4}*{n00-40}", "(E) {V.I.N.|VIN|VIN NO} {w}",
        "V.7 {d3} V.9 EURO {n3-6} {d3}/{Y}*{d4}/{d4}{a1-2}", "{w} {plate} {w} {date}",
        "{VEHICLE LICENCE|REGISTRATION CARD|CERTIFICATE OF TITLE|V5C|FORM {d3}|LICENCIA} {d4-9}",
        "PLATE {NO|NUMBER}{.|:} {plate}", "{EXP|REG|ISSUE|INS}. DATE {date} {EXP|REG|INS}. DATE {date}",
        "CHASSIS NO. {w}", "VIN: YEAR: {Y} MAKE: {maker}", "ENG. NO. {d8-16}", "{Y} {maker} {model} {colour}",
        "{date} {date}", "{maker} {model} {Y}", "{Y}/{M} {d4-6} {d5-7}", "T.C. {d11} {w}",
        "TITLE NO {d8-12} ODOMETER {d5-6} {ACTUAL|EXEMPT}", "SERIES {d4} No {d6}", "{d2} {d2} № {d6}",
        "{d2} {Х|О|Т|У|Е}{А|В|К|М|Н|О|Р} {d6}", "OWNER {name}", "{name} {street}", "{last} {town}", "{street} {town}",
        "{town}", "{name}",
    )),
    "identity": (1.3, (
        "P<{iso3}{last}<<{first}{<|<<<<}{first}{fill}{fill}", "P<{iso3}{last}<{last}<<{first}{fill}{fill}",
        "{c2}{d7}{d1}{iso3}{d7}{M|F|<}{d7}{{d9-14}|{fill}}{d2}", "{d10}{iso3}{d7}{M|F}{d7}{fill}{d2}",
        "I{D|<|R}{iso3}{c9}{d1}{fill}", "{d7}{M|F}{d7}{iso3}{fill}{d1}", "{last}<<{first}<{first}{fill}{fill}",
        "{fill}{fill}{d1-3}", "A{R|C}{iso3}{d10}{fill}", "D1{iso3}{c10}{d4}{a2}{fill}",
        "{PASSPORT|PASSEPORT|REISEPASS|PASAPORTE|PASSAPORTO|PASZPORT|PASAPORT} {NO. |No|}{c2}{d7}",
        "{PASSPORT|PASSPORT NO|PASS} {d8-9}", "REPUBLIC OF {country}",
        "{IDENTITY CARD|ID CARD|CARD NUMBER|ID NO} {d2-5} {d3-5} {d3-8}", "{d3}-{d4}-{d5-8}",
        "NATIONALITY {country} SEX {M|F}", "DATE OF BIRTH {date}", "{date} {place}", "{date} {date}",
        "{date} {date} {c6-10}", "{c3-8} {date}", "{last} {first} {first}", "{d6}-{d4-7}",
        "{last} {first} {d4-9}", "1. {last} 2. {first}", "3. {date} {place}", "4a. {date} 4c. {w}",
        "4b. {date} 5. {c9-12}", "5. {last}{d6}{a2}{d1}{a2} {d2}", "9. AM/B1/B/BE/C1/C",
        "DL {a1}{d7} CLASS {A|B|C|D} {EXP|ISS} {date}", "DOB {date} SEX {M|F} HGT {n4-6}'-{n00-11}\"",
        "EYES {BRN|BLU|GRN} HAIR {BRN|BLK} WGT {n100-280}", "DD {d8-20} {date}", "{d2} {d2} {d6} {a2-4} {d3}",
        "STATE OF {place} {date}", "{c9} {country} {date}", "INSURANCE {c3}{d6-9} {date}",
    )),
    "ticket": (1.2, (
        "{place} - {place} {d2-4}", "{place} {date} {time}", "{date} {time} {w} {n1-20} {w} {n1-90}{a1}",
        "{c5-9} {d6-8} {c4-6}", "{d17-21}", "FLIGHT {a2}{d3-4} {month} {D} GATE {a1}{n1-60} SEAT {n1-40}{a1}",
        "{last}/{first} {MR|MRS|MS}", "E-TICKET {d3} {d10}", "BOARDING PASS {c6} {a3}-{a3}",
        "PNR {c6} {a2}{d4} {a3}{a3} {n001-366}{a1}{d3}{a1}", "M1{last}/{first} E{c6} {a3}{a3}{a2} {d4} {d3}{a1}",
        "PARKING {date} {time} {price}", "{w} {date} {w} {time}", "{price} {w} {date}", "ZONE {n1-9} {w} {price}",
    )),
    "receipt": (1.3, (
        "{REGISTER|TERM|POS|KASSE|CAISSE|CAJA|CASSA} {d2-4} {CASHIER|BON|TICKET|TRN} {d3-6} {d3-6}",
        "{w} {w} {n1-9} x {price} {price}", "{w} {w} {price} {A|B|}",
        "{VISA|MASTERCARD|AMEX|DEBIT|EC|MIR} {************|XXXXXXXXXXXX|************}{d4}", "AUTH {c6}",
        "REF {serial}", "AID: A00000000{d1}{d4-6}", "TVR {x10} TSI {x4}",
        "{TOTAL|SUMME|TOTALE|RAZEM|CELKEM|TOPLAM|SUMMA|ИТОГ|SUBTOTAL|MWST|TVA|IVA|VAT|PTU A} {price}",
        "{VAT|MWST|TVA|IVA|BTW|DPH} {n5-27}% {price} {price}", "{date} {time} {d4} {d3} {d5}",
        "TID {d8} MID {d10-15}", "APPROVAL CODE {c6} {time}",
        "{ФН|ФД|ФПД|ИНН|НИП|NIP|CUIT|CNPJ|CIF|P.IVA}{:| } {d6-16}", "RRN {d12}", "TC# {d4} {d4} {d4} {d4} {d4}",
        "ST# {d5} OP# {d8} TE# {d2} TR# {d5}", "{w} {d6-13} {price}",
    )),
    "invoice": (1.0, (
        "{INVOICE|RECHNUNG|FACTURE|FACTURA|FATTURA|FAKTURA|FATURA|INVOICE NO} {NR. |No. |N° |}{d6-18}", "IBAN {iban}",
        "{iban}", "BIC {a4}{iso2}{c2}{{c3}|XXX|}", "{VAT|USt-IdNr.|TVA|NIF|NIP|DIČ|BTW} {iso2}{d9-11}",
        "{c6-9} {serial}", "{d3} {d3} {d3} {d4}",
        "{CUSTOMER|ACCOUNT|ORDER|KUNDEN-NR|COMMANDE|PEDIDO|ORDINE} {NO|NUMBER|}{:|} {c1}{d5-12}",
        "{TEL|TEL.|FAX|PHONE|MOB} {phone}", "TEL {phone} FAX {phone}", "{phone}", "DUE {date} {price}",
        "{company} {town}", "{company}", "{d4-8} {w} {w} {d1-3} {price} {price}", "{w} {w} {price}",
    )),
    "sticker": (0.8, (
        "{USED CAR|AS IS - NO WARRANTY|WARRANTY|MSRP|TOTAL PRICE} {price}",
        "MAKE {maker} MODEL {model} {Y}", "{n10-60} CITY MPG {n15-60} HIGHWAY MPG",
        "{n1-9}.{n0-9} L/100 KM CO2 {n80-300} G/KM", "STOCK {NO|#} {c4-8} {price}", "{ws} {price}",
        "STANDARD EQUIPMENT INCLUDED {w} {w}", "DESTINATION CHARGE {price}", "{w} {w} PACKAGE {price}",
        "FINAL ASSEMBLY POINT: {place}", "{n1-8}.{n0-9}L {V6|V8|I4|TURBO} {AUTOMATIC|MANUAL|CVT} TRANSMISSION",
        "NEXT SERVICE {date} {n10-250}000 KM", "OIL {0W-20|5W-30|5W-40|10W-40} {date} {d5-6}",
    )),
    "web": (0.8, (
        "www.{w}{w}.{com|de|fr|es|it|pl|cz|nl|com.tr|se|pt|ru|ae|example}",
        "https://{w}.{com|org|net|io}/{w}/{c5-10}", "{first}.{last}@{w}.{com|de|org|net}",
        "info@{w}-{w}.{com|de|fr|eu}", "WWW.{w}.COM {phone}", "{w}.{w}.{com|net}?{w}={c4-12}",
    )),
    "street": (0.5, (
        "{w} {w} {n1-400} KM",
        "{STOP|EXIT|EXIT ONLY|NO PARKING|ONE WAY|SPEED LIMIT|YIELD|CENTRUM|ZENTRUM} {n1-99}",
        "{place} {n1-400}", "{A|B|E|M|N|I-|US }{n1-999} {place}", "{place} {place}", "{street}",
    )),
    "plate": (0.5, (
        "{plate}", "{iso2} {plate}", "{plate} {plate}", "{plate} {place}",
    )),
    "screen": (0.7, (
        "{time} {LTE|4G|5G|WIFI} {n1-100}%", "{d4-6} km {time} {n0-40}°C", "{IMG|DSC|PXL|WA}_{Y}{M}{D}_{d6}",
        "TRIP {n1-999}.{n0-9} MI ODO {d5-6}", "{w} {w} ({d1-3})", "{date} {time} {w}", "{w}={d1-5} {w}={c1-6}",
        "P0{d3} {ws}", "{n0-99}.{d6} {n0-180}.{d6}", "{w} > {w} > {w}", "{x4} {x4} {x4} {x4} {x4}",
    )),
    "pattern": (0.6, (
        "I I I I I I I I I", "II III I II I III I",
        "{IIIIIIII|HHHHHHHH|11111111|WWWWWWWW|00000000|XXXXXXXX|--------}{IIIIIIII|11111111|HHHHH|WWWWW|0000000}",
        "{1|7|I|H|T|L|N|M|U|W}{1|I|H|N|M|1}{1|I|H|M|1}{I1I1II1|HIIH1I1|1MI1NI}{I1II11|NHIIMI|1H1I1}",
        "1234567890{1234567890|ABCDEF|}", "ABCDEFGH{IJKLMNOPQ|}", "{d1} {d1} {d1} {d1} {d1} {d1}",
        "{a1}{0000|1111|9999}{0000|1111|9999}{d4-8}",
        "{1 2 3 4 5 6|R 1 3 5 2 4 6|P R N D S|E F C H|LO HI AUTO A/C} {w}",
    )),
}
# fmt: on
