# ruff: noqa: RUF001 - Russian text is meant to be Russian
"""Everyday words of running text in several languages, over and above those of labels and documents in ``words``."""

from __future__ import annotations

_ENGLISH = """a an i we they he she it its our their there here what which who how why where then than so
because while although whether each both few more most such some many much own same too very just also even
still again already once always often sometimes about against between into through during above below out off
over under further up down make makes making made take takes taking taken give gives given giving get gets
getting go goes going gone come comes coming find found know known think say says said tell ask work works
working worked call called calling try need needs needed want wanted become leave left put mean means keep
keeping let begin began seem help helping show shown hear play run running move live believe bring happen write
written read reading sit stand lose pay paid meet include includes including included continue set learn change
changes changed lead understand watch follow following follows stop create created speak allow allowed add added
spend grow walk win offer remember love consider appear buy wait serve die send sent expect build stay fall cut
reach kill remain suggest raise pass sell require requires required report decide pull return returned explain
hope develop carry break receive agree support hit produce eat cover covered catch draw choose cause point
listen realize place close involve increase increased reduce reduced describe described ensure provide provides
provided providing apply applies applied purpose without within any every another person people man woman child
year day week month time way thing things world life hand part place case group company problem fact end side
question answer right left good new first last long great little old other big large small different next early
young important public bad able possible available similar following file files open source software copyright
permission permitted distribute distribution work works terms term rights reserved free use used using user
users option options default value values line lines list name names word words text page pages example error
errors warning message messages command commands line window buffer pattern match string character option
invalid unknown missing cannot failed unable found argument expected allowed supported written version
information such modify modified modification derivative contributor contribution licensor express implied
limitation liability damages water food house home school road city town country street family father mother
money business market office door room morning night evening today tomorrow yesterday monday thursday wednesday
saturday before left turn straight ahead speed station hospital university library police fire emergency doctor
medicine tablets milk bread coffee tea sugar chicken cheese chocolate fresh fruit vegetable orange juice shirt
shoes black cotton wash dry clean hot cold high low strong light heavy"""

_GERMAN = """ich du er sie es wir ihr sein seine seiner seinen ihre ihren ihrem unser unsere mein meine haben
hat hatte hatten werden wurde wurden worden sind war waren kann können konnte muss müssen soll sollen sollte
will wollen darf dürfen mag geht gehen kommen kommt machen macht gemacht sagen sagt geben gibt gegeben lassen
sehen stehen steht bleiben finden nehmen bringen liegt halten zeigen heißen führen sprechen leben fahren meinen
fragen kennen gelten stellen spielen arbeiten brauchen folgen lernen verstehen setzen bekommen beginnen erzählen
versuchen schreiben laufen erklären entsprechen sitzen ziehen scheinen fallen gehören entstehen erhalten treffen
suchen legen handeln erreichen tragen schaffen lesen verlieren erkennen entwickeln wenn dann aber oder weil dass
ob damit während zwischen ohne gegen unter sehr mehr viel viele alle alles andere anderen anderer welche jeder
jede jedes etwas nichts immer wieder schon noch hier dort heute morgen jetzt wie was wer wo warum einige eigenen
Zeit Jahr Jahre Tag Tage Woche Mensch Menschen Mann Frau Kind Kinder Leben Welt Haus Hand Land Frage Seite
Schlüssel Datei Dateien Befehl Fehler Zeile Zeichen Zeichenkette Argument ungültig unbekannt erwartet möglich
möglicherweise gefunden geöffnet geschrieben verwendet Verwendung Benutzer Passwort eingeben bestätigen
auswählen neue neuen neues alte große kleine gute ganze erste zweite letzte nächste verschiedene wichtig richtig
deutsche europäische Schlüsselverwaltung Einstellung Wert Werte"""

_FRENCH = """je tu il elle nous vous ils elles leur leurs notre votre mon ma mes ton sa ses être avoir est sont
était étaient été ont avait fait faire dit dire peut peuvent pouvoir doit doivent devoir veut vouloir aller va
voir savoir venir prendre mettre donner trouver passer comprendre rester tenir porter parler montrer continuer
penser suivre connaître croire commencer compter entendre rendre attendre remettre arriver sembler laisser
appeler accepter agir ajouter aimer annoncer atteindre utiliser utilisé utilisation très bien aussi encore
toujours jamais rien tout tous toute autre autres même quelque chaque plusieurs certains entre sans sous vers
depuis pendant avant après contre comme mais donc car si quand où comment pourquoi alors ainsi temps jour année
homme femme enfant monde vie main chose moment question point problème fichier fichiers ligne clé clef valeur
erreur commande option invalide inconnu attendu impossible ouvrir écrire lire mot passe utilisateur entrez
répondez oui non faut confiance signer nouvelle nouveau grand petit bon premier dernier possible nécessaire
information sauvegarde caractère"""

_SPANISH = """yo él ella nosotros ustedes ellos su sus nuestro mi ser estar ha han había haber tener tiene
tienen hacer hace hecho puede pueden poder decir dice debe deben ir va ver dar da saber querer llegar pasar
poner parecer quedar creer hablar llevar dejar seguir encontrar llamar venir pensar salir volver tomar conocer
vivir sentir tratar mirar contar empezar esperar buscar entrar trabajar escribir perder entender pedir recibir
recordar terminar permitir aparecer conseguir usar uso usando muy bien también todavía siempre nunca nada todo
toda otro otra otros mismo cada algunos varios entre cuando donde cómo porque pero si entonces así después antes
contra durante tiempo año día hombre mujer niño mundo vida mano cosa casa parte momento archivo archivos línea
clave valor error orden opción inválido desconocido esperaba posible imposible abrir leer contraseña usuario
introduzca responda sí firmar nuevo nueva grande pequeño bueno primer último carácter búfer ventana información
cadena"""

_ITALIAN = """io tu lui lei noi voi loro suo sua nostro mio essere stato stati sono era erano avere ha hanno
aveva fare fa fatto può possono potere dire detto deve devono andare va vedere dare sapere volere venire mettere
trovare pensare parlare portare lasciare prendere sentire capire credere chiamare conoscere restare tenere
scrivere leggere aprire usare uso usato molto bene anche ancora sempre mai niente tutto tutti altro altri stesso
ogni alcuni diversi tra fra quando dove perché ma se allora così dopo prima contro durante tempo anno giorno
uomo donna bambino mondo vita mano cosa casa parte momento file riga chiave valore errore comando opzione
invalido sconosciuto atteso impossibile possibile utente inserire risposta sì firmare nuovo grande piccolo buono
primo ultimo carattere finestra informazioni stringa della nella delle degli sulla dalla questo quella"""

_OTHERS = {
    "Polish": """być jest są był była było były mieć ma może mogą można trzeba należy bardzo także jeszcze
zawsze nigdy wszystko inny każdy kilka między kiedy gdzie dlaczego ale jeśli więc tak potem przed przeciw czas
rok dzień człowiek kobieta dziecko świat życie ręka rzecz dom część plik pliku plików linii klucz klucza wartość
błąd polecenie opcja nieprawidłowy nieznany oczekiwano nie można otworzyć odczytać zapisać hasło użytkownik
wpisz odpowiedz zaufania podpisać nowy duży mały dobry pierwszy ostatni znak okno bufor informacji używać użyj
został zostanie został które który która którzy jego jej ich tego tej tym""",
    "Czech": """být je jsou byl byla bylo byly mít má může mohou lze nutno velmi také ještě vždy nikdy všechno
jiný každý několik mezi když kde proč ale jestli tedy tak potom před proti čas rok den člověk žena dítě svět
život ruka věc dům část soubor souboru řádek klíč klíče hodnota chyba příkaz volba neplatný neznámý očekáván
nelze otevřít číst zapsat heslo uživatel zadejte odpovězte důvěry podepsat nový velký malý dobrý první poslední
znak okno informace použít který která které jeho její jejich""",
    "Dutch": """ik jij hij zij wij ze hun ons mijn zijn was waren geweest hebben heeft had kan kunnen moet
moeten wil willen mag gaan gaat komen maken maakt gemaakt zeggen geven geeft laten zien staan blijven vinden
nemen brengen ligt houden zeer meer veel alle alles andere elk iets niets altijd weer al nog hier daar vandaag
nu hoe wat wie waar waarom wanneer dan maar want omdat tussen zonder tegen onder tijd jaar dag mens man vrouw
kind leven wereld huis hand land vraag bestand regel sleutel waarde fout opdracht optie ongeldig onbekend
verwacht mogelijk onmogelijk openen schrijven lezen wachtwoord gebruiker gebruik nieuw groot""",
    "Turkish": """ben sen biz siz onlar onun bunun şu var yok değil mi mı ama eğer çünkü ne nasıl neden nerede
zaman yıl gün insan kadın çocuk dünya yaşam el şey ev bölüm dosya dosyası dosyalar satır anahtar anahtarı değer
hata komut seçenek geçersiz bilinmeyen beklenen olanaklı açılamadı okunamadı yazılamadı parola kullanıcı girin
yanıtlayın güven imzalamak yeni büyük küçük iyi ilk karakter pencere bilgi olan olduğu olmak yapmak edilen
edildi etmek için kullanılır kullanarak üzerinde her bütün""",
    "Swedish": """jag du han hon vi ni deras vår min vara är var varit hade kunna ska skulle måste vill får går
komma göra gör gjort säga ger låta se står finna ta mycket mer alla allt andra varje något inget alltid igen
redan ännu här där idag nu hur vad vem varför när då men därför mellan utan mot under tid år dag människa man
kvinna barn liv värld hus hand land fråga fil rad nyckel värde fel kommando flagga ogiltig okänd förväntade
möjligt omöjligt öppna skriva läsa lösenord användare använd ny stor liten god""",
    "Portuguese": """eu ele ela nós vocês eles seu sua nosso meu ser estar foi era eram ter tem têm tinha haver
há fazer faz feito pode podem poder dizer diz deve devem ir vai ver dar saber querer chegar passar ficar deixar
encontrar chamar vir pensar sair voltar muito bem também ainda sempre nunca nada tudo toda outro outra mesmo
cada alguns vários entre quando onde porque mas se então assim depois antes contra durante tempo ano dia homem
mulher criança mundo vida mão coisa casa parte arquivo arquivos linha chave erro comando opção inválido
desconhecido esperado possível impossível abrir ler gravar senha usuário digite responda""",
    "Russian": """я ты он она мы вы они его ее их наш мой быть был была было были есть может могут можно нужно
очень также еще всегда никогда все всё другой каждый несколько между когда где почему но если тогда так потом
перед против время год день человек женщина ребенок мир жизнь рука вещь часть файл файла файлов строка строки
ключ значение ошибка команда параметр неверный неизвестный ожидается нельзя открыть прочитать записать пароль
пользователь введите ответьте новый большой маленький хороший первый последний символ окно буфер который которая
которые этого этой этом только после более менее через своего невозможно""",
}
PROSE: dict[str, tuple[str, ...]] = {
    "English": tuple(_ENGLISH.split()),
    "German": tuple(_GERMAN.split()),
    "French": tuple(_FRENCH.split()),
    "Spanish": tuple(_SPANISH.split()),
    "Italian": tuple(_ITALIAN.split()),
    **{name: tuple(text.split()) for name, text in _OTHERS.items()},
}
