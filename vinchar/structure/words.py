# ruff: noqa: RUF001 - the Russian words are meant to be Russian
"""Words of many languages as they stand on labels, documents, tickets and signs, and glyphs that look like others."""

from __future__ import annotations

_ENGLISH = """the of and to in is for this that with on not be as are by or from at it must may your you all if when
before after only other any no do see use will have has been can must vehicle vehicles conforms applicable federal
motor safety bumper theft prevention standards effect date manufacture manufactured shown above passenger car truck
trailer multipurpose model year type engine colour color paint trim interior axle weight gross rating front rear tire
tires size cold inflation pressure rim seating capacity total occupants cargo exceed combined never warning caution
danger notice important airbag battery service oil filter replace every miles contact dealer information owner manual
fuel unleaded diesel emission control catalyst conforming regulations california environmental protection agency
certificate title registration number plate expires issued state department transport licence license class
restrictions address name surname given birth place sex height eyes nationality passport republic united kingdom
authority signature holder valid until insurance policy premium invoice receipt amount due payment tax total balance
customer order account thank visit again store cash change card approved terminal reference ticket seat coach
departure arrival gate boarding flight train platform adult single return price warranty parts labor guarantee made
assembled inspected parking entrance exit street road north south west east open closed push pull keep clear hours
monday tuesday friday sunday january february march april june july august september october november december repair
brake lamp pump valve sensor switch module relay fuse wheel door glass mirror body frame chassis identification permit
limit height speed first class post mail box handle care fragile weight net content made china product serial model
input output power supply voltage current frequency certified compliant device interference received operation
conditions"""

_GERMAN = """der die das und in den von zu mit ist auf für nicht des ein eine dem sich auch als bei nach aus nur wird
oder im zum zur bis durch über vor unter dieser diese keine Fahrzeug Fahrzeugschein Zulassungsbescheinigung Teil
Kennzeichen amtliches Hersteller Typ Variante Version Handelsbezeichnung Genehmigung Betriebserlaubnis Erstzulassung
Datum Achslast zulässige Gesamtmasse Leermasse Anhängelast gebremst ungebremst Stützlast Hubraum Leistung Nennleistung
Kraftstoff Benzin Diesel Emissionsklasse Farbe schwarz weiß grau silber blau rot grün Reifen Bereifung Luftdruck
Sitzplätze Stehplätze Höchstgeschwindigkeit Standgeräusch Fahrgeräusch Name Vorname Anschrift Straße Hausnummer
Postleitzahl Wohnort Inhaber Stadt Landkreis Behörde Siegel Unterschrift gültig geboren Geburtsort Staatsangehörigkeit
deutsch Personalausweis Reisepass Führerschein Bundesrepublik Deutschland ausgestellt Rechnung Rechnungsnummer
Kundennummer Lieferschein Auftrag Betrag Summe Gesamtbetrag Mehrwertsteuer Steuernummer Quittung Kasse bezahlt Karte
Bar Rückgeld Danke Einkauf Versicherung Werkstatt Ölwechsel nächster Service Zahnriemen Bremsflüssigkeit Achtung
Vorsicht Warnung nicht öffnen Motor Getriebe Nummer Seriennummer Baujahr Ausfahrt Einfahrt freihalten Umleitung Parken
verboten Zentrum Bahnhof Fahrkarte Abfahrt Ankunft Gleis Wagen Sitz Hauptuntersuchung Prüfung Bemerkungen Auto Verkauf
Preis Kilometerstand Januar Februar März Mai Juni Juli Oktober Dezember Montag Dienstag Samstag Sonntag"""

_FRENCH = """le la les de des du et à en un une est pour que qui dans sur pas par au avec ne se ce plus ou aux son
sont cette véhicule conforme toutes normes lui applicables vertu règlement sécurité automobiles Canada date
fabrication immatriculation certificat titulaire nom prénom adresse première numéro identification marque type
variante dénomination commerciale carrosserie masse charge maximale admissible service kilogrammes puissance cylindrée
énergie carburant essence gazole places assises debout niveau sonore vitesse moteur émissions catégorie pneus pression
avant arrière couleur noir blanc gris bleu rouge vert essieu république française carte nationale identité passeport
nationalité né sexe taille domicile préfecture signature valable jusque permis conduire délivré autorité facture
client commande montant total taxes comprises paiement échéance compte banque reçu ticket caisse merci visite magasin
monnaie rendu carte bancaire assurance contrat société vignette contrôle technique visite défavorable garage atelier
vidange filtre huile prochain entretien attention danger avertissement coussin gonflable ne jamais placer siège enfant
sortie entrée rue avenue boulevard place centre gare train voiture départ arrivée billet adulte tarif plein janvier
février mars avril juin juillet août septembre octobre novembre décembre lundi mardi samedi dimanche pièce origine
fabriqué importé distribué référence modèle série produit garantie usage extérieur intérieur tension
courant fréquence"""

_SPANISH = """el la los las de del y en un una es para que por con no se su al lo como más este esta o sin sobre hasta
desde vehículo cumple con todas normas federales seguridad emisiones aplicables fabricación fecha fabricado matrícula
permiso circulación titular apellidos nombre domicilio municipio provincia primera número identificación bastidor
marca tipo variante versión denominación comercial masa máxima autorizada servicio potencia cilindrada combustible
gasolina gasóleo plazas asientos color negro blanco gris azul rojo verde neumáticos presión delantero trasero eje
motor tarjeta inspección técnica favorable próxima revisión república estados unidos documento nacional identidad
pasaporte nacionalidad nacimiento sexo lugar expedición validez firma autoridad licencia conducir clase vence factura
cliente pedido importe total impuesto pago cuenta banco recibo caja cambio efectivo tarjeta gracias visita tienda
seguro póliza compañía taller aceite filtro cambio siguiente peligro precaución atención aviso bolsa aire niños salida
entrada calle avenida carretera plaza centro estación tren coche asiento salida llegada billete enero febrero marzo
abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes jueves domingo hecho importado
modelo serie producto garantía propietario servicio particular público cilindros toneladas ejes puertas placa"""

_ITALIAN = """il la lo gli le di del della dei e in un una è per che non con si da al alla come più o su questo questa
nel sono veicolo conforme norme carta circolazione targa immatricolazione prima intestatario cognome nome indirizzo
comune provincia via numero telaio identificazione marca tipo variante versione denominazione commerciale massa
massima ammissibile potenza cilindrata alimentazione benzina gasolio posti sedere colore nero bianco grigio azzurro
rosso verde pneumatici pressione anteriore posteriore asse motore omologazione emissioni revisione esito regolare
proprietà repubblica italiana carta identità passaporto cittadinanza nascita luogo data rilascio scadenza sesso
statura firma titolare patente guida ministero infrastrutture trasporti fattura cliente ordine importo totale imposta
pagamento conto banca ricevuta scontrino cassa resto contanti grazie arrivederci assicurazione polizza officina olio
filtro tagliando prossimo attenzione pericolo vietato sosta passo carrabile uscita entrata strada piazza centro
stazione treno carrozza posto partenza arrivo biglietto gennaio febbraio marzo aprile maggio giugno luglio agosto
settembre ottobre novembre dicembre lunedì martedì sabato domenica prodotto fabbricato modello serie garanzia ricambi
originali"""

_POLISH = """i w na z do nie jest się że o od po za przez dla oraz lub przy jako ten ta to pojazd pojazdu dowód
rejestracyjny numer rejestracyjny marka typ wariant wersja model data pierwszej rejestracji właściciel posiadacz
nazwisko imię nazwa adres ulica miasto dopuszczalna masa całkowita własna ładowność nacisk osi pojemność silnika moc
rodzaj paliwa benzyna olej napędowy miejsc siedzących stojących kolor czarny biały szary niebieski czerwony zielony
opony ciśnienie przód tył badanie techniczne termin następnego badania organ wydający podpis pieczęć rzeczpospolita
polska dowód osobisty paszport obywatelstwo urodzenia miejsce płeć wzrost ważny prawo jazdy kategoria faktura klient
zamówienie kwota razem podatek zapłata konto bank paragon fiskalny kasa gotówka reszta karta płatnicza dziękujemy
sprzedaż ubezpieczenie polisa warsztat wymiana oleju filtr uwaga niebezpieczeństwo ostrzeżenie wyjazd wjazd ulica plac
centrum dworzec pociąg wagon miejsce odjazd przyjazd bilet normalny stycznia lutego marca kwietnia maja czerwca lipca
sierpnia września października listopada grudnia poniedziałek sobota niedziela wyprodukowano części"""

_CZECH = """a v na se je že s z do o k po pro za od u nebo při jako ten tato vozidla vozidlo osvědčení registraci
registrační značka technický průkaz typ varianta verze obchodní označení výrobce datum první registrace vlastník
provozovatel příjmení jméno název adresa ulice město nejvyšší technicky přípustná hmotnost provozní zdvihový objem
výkon palivo benzín nafta míst sezení stání barva černá bílá šedá modrá červená zelená pneumatiky tlak přední zadní
náprava motor emisní norma kontrola platnost do úřad podpis razítko česká republika slovenská občanský průkaz pas
státní občianstvo narození místo pohlaví řidičský skupina faktura odběratel dodavatel objednávka částka celkem daň
platba účet banka účtenka pokladna hotovost děkujeme nákup pojištění smlouva servis olej výměna pozor nebezpečí
výstraha výjezd vjezd zákaz parkování náměstí centrum nádraží vlak vůz odjezd příjezd jízdenka ledna února března
dubna května června července srpna září října listopadu prosince pondělí sobota neděle vyrobeno"""

_DUTCH = """de het een van en in is op te dat voor met niet zijn aan er om ook als bij door naar uit of tot over deze
dit voertuig kentekenbewijs kenteken deel merk handelsbenaming variant uitvoering datum eerste toelating afgifte
tenaamstelling houder naam voornamen adres straat postcode woonplaats toegestane maximum massa ledig gewicht rijklaar
aanhangwagen geremd ongeremd aantal zitplaatsen cilinderinhoud vermogen brandstof benzine diesel kleur zwart wit grijs
blauw rood groen banden spanning voor achter as motor koninkrijk nederlanden identiteitskaart paspoort nationaliteit
geboorte plaats geslacht lengte geldig handtekening rijbewijs categorie gemeente factuur klant bestelling bedrag
totaal betaling rekening bank bon kassa wisselgeld pinpas bedankt verzekering polis garage onderhoud beurt olie filter
volgende let op gevaar waarschuwing uitgang ingang verboden parkeren centrum station trein spoor vertrek aankomst
kaartje januari februari maart april mei juni juli augustus oktober december"""

_TURKISH = """ve bir bu için ile de da olarak olan en çok daha veya gibi kadar sonra araç tescil belgesi plaka marka
tipi ticari adı model yılı cinsi rengi motor no şasi ilk tescil tarihi sahibi soyadı adı adresi mahalle cadde sokak
ilçe il net ağırlığı azami yüklü römork istiap haddi koltuk sayısı ayakta silindir hacmi gücü yakıt benzin dizel
kullanım amacı hususi ticari muayene geçerlilik süresi siyah beyaz gri mavi kırmızı yeşil lastik basınç ön arka
türkiye cumhuriyeti kimlik kartı pasaport uyruğu doğum yeri cinsiyeti seri son geçerlilik imza sürücü belgesi sınıfı
fatura müşteri sipariş tutar toplam vergi ödeme hesap banka fiş kasa nakit para üstü teşekkür ederiz sigorta poliçe
servis yağ değişim dikkat tehlike uyarı çıkış giriş park etmek yasaktır merkez istasyon tren koltuk kalkış varış bilet
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık üretim tarihi"""

_SWEDISH = """och i att det som en på är av för med till den har de inte om ett men var från kan eller vid denna
fordon fordonet registreringsbevis registreringsnummer märke typ variant handelsbeteckning ägare namn adress postort
första datum tjänstevikt totalvikt maxlast axel bruttovikt släpvagn slagvolym effekt drivmedel bensin diesel
sittplatser färg svart vit grå blå röd grön däck tryck fram bak motor besiktning senast nästa körförbud sverige norge
danmark kørekort førerkort identitetskort pass medborgarskap födelse datum kön längd giltigt underskrift körkort
behörighet transportstyrelsen faktura kund beställning belopp summa moms betalning konto bank kvitto kassa växel tack
välkommen åter försäkring verkstad service olja byte varning fara utgång ingång parkering förbjuden centrum station
tåg vagn plats avgång ankomst biljett januari februari mars maj juni juli augusti køretøj vægt tilladt kjøretøy
egenvekt ajoneuvo rekisteröinti omistaja moottori paino kokonaismassa väri musta valkoinen"""

_PORTUGUESE = """o a os as de do da dos e em um uma é para que por com não se no na ao mais como ou este esta sem
sobre até veículo certificado matrícula registro licenciamento placa marca modelo variante versão titular apelido nome
morada residência primeira número quadro chassi identificação peso bruto tara lotação potência cilindrada combustível
gasolina álcool gasóleo lugares cor preta branca cinza prata azul vermelha verde pneus pressão dianteiro traseiro eixo
motor categoria particular espécie passageiro automóvel república federativa brasil portugal cartão cidadão passaporte
nacionalidade nascimento data sexo emissão validade assinatura carta condução habilitação carteira nacional factura
fatura cliente encomenda valor total imposto pagamento conta banco recibo caixa troco dinheiro cartão obrigado volte
sempre seguro apólice oficina óleo filtro revisão próxima atenção perigo aviso saída entrada proibido estacionar rua
avenida praça centro estação comboio lugar partida chegada bilhete janeiro fevereiro março abril maio junho julho
agosto setembro outubro novembro dezembro segunda domingo fabricado produzido modelo série garantia peças"""

_HUNGARIAN_ROMANIAN_CROATIAN = """forgalmi engedély rendszám gyártmány típus alvázszám motorszám tulajdonos név lakcím
érvényes magyarország személyazonosító igazolvány születési hely idő állampolgárság össztömeg saját tömeg szín fekete
fehér számla összesen köszönjük certificat înmatriculare număr marcă proprietar nume prenume domiciliu masa maximă
autorizată culoare negru alb românia carte identitate pașaport cetățenie valabil factură total plată bon fiscal
mulțumim prometna dozvola vozilo vlasnik ime prezime adresa najveća dopuštena masa snaga motora gorivo boja crna
bijela republika hrvatska slovenija osobna iskaznica račun ukupno hvala vozačka dozvola vrijedi liiklusvahend
registreerimise automobilis savininkas valsts numurs īpašnieks izdots derīgs eesti latvija lietuva kenderaan pemilik
nomor kendaraan surat tanda nama alamat merek tahun pembuatan warna hitam putih berlaku sampai provinsi rangka mesin
indonesia malaysia bahan bakar pilipinas sasakyan xe biển số đăng ký tên chủ địa chỉ nhãn hiệu"""

_RUSSIAN = """и в на с по не для от до или при что как это за свидетельство о регистрации транспортного средства
паспорт регистрационный знак идентификационный номер марка модель тип категория год выпуска шасси рама кузов кабина
прицеп цвет черный белый серый синий красный зеленый серебристый мощность двигателя рабочий объем экологический класс
четвертый пятый разрешенная максимальная масса без нагрузки собственник владелец фамилия имя отчество республика
область край район город населенный пункт улица дом корпус квартира особые отметки выдано дата выдачи серия
организация изготовитель страна россия российская федерация одобрение типа изготовлено таможенный союз техническая
допустимая передняя задняя ось удостоверение водительское гражданство место рождения пол подпись действительно счет
итого сумма налог оплата касса чек спасибо покупку договор страхование полис осаго осторожно внимание выход вход
парковка запрещена вокзал поезд вагон место отправление прибытие билет января февраля марта апреля мая июня июля
августа сентября октября ноября декабря завод запчасти гарантия масло замена шины давление бензин дизель"""

_TEXTS = {
    "English": _ENGLISH,
    "German": _GERMAN,
    "French": _FRENCH,
    "Spanish": _SPANISH,
    "Italian": _ITALIAN,
    "Polish": _POLISH,
    "Czech": _CZECH,
    "Dutch": _DUTCH,
    "Turkish": _TURKISH,
    "Swedish": _SWEDISH,
    "Portuguese": _PORTUGUESE,
    "others": _HUNGARIAN_ROMANIAN_CROATIAN,
    "Russian": _RUSSIAN,
}
LANGUAGES: dict[str, tuple[str, ...]] = {name: tuple(text.split()) for name, text in _TEXTS.items()}
SHARES: dict[str, float] = {"English": 5.0, "German": 2.0, "French": 2.0, "Spanish": 2.0, "Russian": 2.0}  # others: 1

_LISTS = {  # an underscore is a blank
    "first": """ANNA MARIA JOHN PETER PAUL THOMAS MICHAEL DAVID JAMES ROBERT WILLIAM ELIZABETH SARAH EMMA LAURA
JULIA SOPHIE CLAIRE JEAN PIERRE LUC MARIE JOSE JUAN CARLOS LUIS ANA CARMEN ELENA GIULIA MARCO LUCA PAOLO FRANCESCA
HANS KLAUS JUERGEN STEFAN ANDREAS SABINE PETRA KATARZYNA PIOTR JAN TOMASZ AGNIESZKA JIRI PAVEL JANA LARS ERIK INGRID
SVEN AHMET MEHMET AYSE FATMA ALI MOHAMMED ABDUL HASSAN FATIMA OMAR KHALID IVAN SERGEI OLGA NATALIA DMITRI ELENA JOAO
PEDRO RAJESH PRIYA WEI LI CHEN YUKI KENJI MIN NGUYEN VAN Сергей Ольга Андрей Татьяна Алексей Иванович""",
    "last": """SMITH JONES BROWN TAYLOR WILSON MILLER DAVIS JOHNSON WALKER MUELLER SCHMIDT SCHNEIDER FISCHER WEBER
MEYER WAGNER BECKER HOFFMANN MARTIN BERNARD DUBOIS DURAND MOREAU LEROY GARCIA MARTINEZ LOPEZ SANCHEZ GONZALEZ
RODRIGUEZ PEREZ ROSSI FERRARI BIANCHI ROMANO COLOMBO RICCI NOWAK KOWALSKI WISNIEWSKI NOVAK SVOBODA DVORAK HORVAT
JANSEN DE VRIES VAN DIJK BAKKER YILMAZ KAYA DEMIR CELIK ANDERSSON JOHANSSON HANSEN LARSEN NIELSEN SILVA SANTOS
OLIVEIRA COSTA POPESCU NAGY SZABO KHAN AHMED SINGH KUMAR SHARMA WANG ZHANG TANAKA SATO KIM PARK TRAN Иванов Петрова
Смирнов""",
    "place": """LONDON PARIS BERLIN MADRID ROMA WARSZAWA PRAHA AMSTERDAM ISTANBUL ANKARA STOCKHOLM LISBOA WIEN
ZÜRICH MÜNCHEN HAMBURG KÖLN STUTTGART LYON MARSEILLE BARCELONA VALENCIA MILANO TORINO NAPOLI KRAKÓW POZNAŃ BRNO
BRATISLAVA BUDAPEST BUCURESTI SOFIA ATHENS DUBLIN MANCHESTER BIRMINGHAM DETROIT CHICAGO HOUSTON TORONTO TEXAS
FLORIDA CALIFORNIA OHIO MEXICO BOGOTA LIMA SANTIAGO BUENOS AIRES SAO PAULO DUBAI RIYADH CAIRO DELHI TOKYO SEOUL
SHANGHAI BANGKOK JAKARTA SYDNEY MELBOURNE NAIROBI LAGOS KYIV MINSK МОСКВА САНКТ-ПЕТЕРБУРГ КАЗАНЬ ТОЛЬЯТТИ""",
    "iso3": """USA GBR DEU FRA ESP ITA POL CZE NLD TUR SWE PRT RUS ARE UTO IND CHN BRA MEX CAN EGY PAK UKR ROU D<<""",
    "iso2": """DE FR GB ES IT PL CZ NL TR SE PT RU AT CH BE HU RO JP KR CN US FI DK SK BY KZ""",
    "country": """GERMANY FRANCE SPAIN ITALY POLAND JAPAN KOREA CHINA MEXICO CANADA BRAZIL INDIA TURKEY USA U.S.A.
UK SWEDEN HUNGARY SLOVAKIA ROMANIA THAILAND INDONESIA UAE EGYPT OMAN QATAR KUWAIT DEUTSCHLAND ESPAÑA ITALIA POLSKA
РОССИЯ""",
    "maker": """TOYOTA HONDA NISSAN MAZDA SUBARU SUZUKI MITSUBISHI ISUZU HYUNDAI KIA FORD GENERAL_MOTORS CHEVROLET
CHRYSLER DODGE JEEP VOLKSWAGEN AUDI BMW BAYERISCHE_MOTOREN_WERKE MERCEDES-BENZ DAIMLER PORSCHE OPEL RENAULT PEUGEOT
CITROEN STELLANTIS FIAT ALFA_ROMEO IVECO FERRARI VOLVO SCANIA MAN_TRUCK_&_BUS DAF SKODA_AUTO SEAT DACIA LADA АВТОВАЗ
УАЗ КАМАЗ ГАЗ TATA MAHINDRA MARUTI_SUZUKI JAGUAR_LAND_ROVER TESLA FREIGHTLINER KENWORTH PETERBILT MACK_TRUCKS
CUMMINS CATERPILLAR JOHN_DEERE HARLEY-DAVIDSON YAMAHA KAWASAKI BOSCH SIEMENS VALEO DENSO CONTINENTAL MICHELIN
SAMSUNG BYD GEELY CHERY NORDLAND KESTREL ARGENT TERRA""",
    "colour": """WHITE BLACK SILVER GREY BLUE RED GREEN WEISS SCHWARZ NOIR BLANC NEGRO БЕЛЫЙ ЧЕРНЫЙ CZARNY SIYAH""",
    "field": """A B D.1 D.2 D.3 E F.1 F.2 G J K P.1 P.2 P.3 Q R S.1 S.2 U.1 U.2 V.7 V.9 O.1 (7.1) (14) X.1 Z.1""",
    "month": """JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC Mai Okt Dez févr avr août ene abr dic gen lug""",
}
LISTS: dict[str, tuple[str, ...]] = {
    name: tuple(word.replace("_", " ") for word in text.split()) for name, text in _LISTS.items()
}

# What a reader of capitals and digits takes a glyph for, each of these equally often; an empty one: it is not seen.
# A Cyrillic letter that has no Latin twin may be taken for two glyphs.
_CYRILLIC = """
А:A Б:6,5,B В:B Г:F,T,R,1 Д:A,D,4 Е:E Ё:E Ж:X,M,K Ж:X З:3 И:N,M,U Й:N,M,U К:K Л:N,J,A М:M Н:H О:0 П:N,M,H
Р:P С:C Т:T У:Y Ф:0,P Х:X Ц:U,L Ч:4,Y Ш:W,M Щ:W,M Ъ:B,6 Ы:B1,61,H1 Ь:B,6 Э:3,9 Ю:10,H0,K0 Я:R,9,8"""
CYRILLIC: dict[str, tuple[str, ...]] = {pair[0]: tuple(pair[2:].split(",")) for pair in _CYRILLIC.split()}
LATIN: dict[str, tuple[str, ...]] = {"ß": ("B", "55", "8"), "ı": ("1",), "ł": ("L",), "đ": ("D",), "ø": ("0",)}
LATIN |= {"æ": ("AE",), "œ": ("0E",), "Ł": ("L",), "Đ": ("D",), "Ø": ("0",), "Æ": ("AE",)}
CAPITALS: dict[str, tuple[str, ...]] = {"I": ("1",), "O": ("0",), "Q": ("0", "0", "0", "0", "G", "9")}
_SMALL = "aA4 bB6 cC dD0 eE6 fF gG9 hHN i1 jJ kK lL1 mM nN o00D pP q9G rRRF sS5 tT7 uU vV wW xX yY zZ2"
SMALL: dict[str, tuple[str, ...]] = {look[0]: tuple(look[1:]) for look in _SMALL.split()}
MARKS: dict[str, tuple[str, ...]] = {
    "/": ("", "", "7", "1"),
    "*": ("", "", "", "X"),
    "<": ("K", "C", "K", "L", ""),
    "(": ("", "C", "1"),
    ")": ("", "", "J", "1"),
    "[": ("", "C", "1"),
    "]": ("", "J", "1"),
    "|": ("1", "1", ""),
    "&": ("8", "8", ""),
    "@": ("0", "0", "", "A"),
    "$": ("S", "5", "8"),
    "€": ("E", "C", "6"),
    "£": ("E", "L", "F"),
    "#": ("", "H", "8"),
    "%": ("", "X", "9"),
    "+": ("", "T"),
    "=": ("", "", "E"),
    "!": ("", "1"),
    "?": ("", "7", "2"),
    "°": ("", "0"),
    "№": ("N0", "N", "N9"),
    "■": ("", "H", "M"),
}
