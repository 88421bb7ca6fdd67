/**
 * What formats and their options are called and say, in German, by the English text as the window would show it; as in setting.de.ts. Names
 * of formats, programs and licences are names in every language.
 */
export const germanFormats: Readonly<Record<string, string>> = {
  'COCO detection JSON': 'COCO-JSON (Detektion)',
  'Kaggle fisheries (NCFM) boxes': 'Kaggle-Fischerei (NCFM), Boxen',
  'Kaggle data set': 'Kaggle-Datensatz',
  'Kaggle fisheries submission': 'Kaggle-Fischerei, Einreichung',
  'CSV table': 'CSV-Tabelle',
  'CVAT for images XML': 'CVAT-XML für Bilder',

  'One JSON with images, classes and boxes in pixels. Read by most detection tools and by pycocotools.':
    'Ein JSON mit Bildern, Klassen und Boxen in Pixeln. Die meisten Werkzeuge zur Detektion und pycocotools lesen es.',
  'A text file for each image and a `data.yaml`, as Ultralytics reads it. Also Darknet `obj.data` and bare text files on import.':
    'Eine Textdatei je Bild und eine `data.yaml`, wie Ultralytics es liest. Beim Import auch Darknets `obj.data` und bloße Textdateien.',
  'One XML file an image, boxes in whole pixels counted from 1. Read by labelImg and many trainers.':
    'Eine XML-Datei je Bild, Boxen in ganzen Pixeln ab 1 gezählt. labelImg und viele Trainingsprogramme lesen es.',
  'One `annotations.xml` with images, boxes in pixels and their attributes, as CVAT 1.1 has it.':
    'Eine `annotations.xml` mit Bildern, Boxen in Pixeln und ihren Attributen, wie CVAT 1.1 sie hat.',
  'One JSON an image with its shapes, as labelme, X-AnyLabeling and AnyLabeling keep them.':
    'Ein JSON je Bild mit seinen Formen, wie labelme, X-AnyLabeling und AnyLabeling sie ablegen.',
  'One JSON with a task for each image, annotations and predictions apart, and the labelling config.':
    'Ein JSON mit einer Aufgabe je Bild, Annotationen und Vorhersagen getrennt, und der Labeling-Konfiguration.',
  'One CSV with a row for each box, its class scores, notes and points, as VIAME and DIVE have it.':
    'Eine CSV mit einer Zeile je Box, ihren Klassenwerten, Notizen und Punkten, wie VIAME und DIVE sie haben.',
  'One JSON with detections in fractions of each image, as camera-trap tools read it.':
    'Ein JSON mit Detektionen in Bruchteilen jedes Bildes, wie Werkzeuge für Kamerafallen es lesen.',
  'One JSON with assets, tags and regions in pixels, as the Visual Object Tagging Tool exports it.':
    'Ein JSON mit Assets, Tags und Regionen in Pixeln, wie das Visual Object Tagging Tool es exportiert.',
  'A row for each box with image, class and corners; columns of other tables can be named.':
    'Eine Zeile je Box mit Bild, Klasse und Ecken; Spalten anderer Tabellen lassen sich benennen.',
  'One file a class, `alb_labels.json` and so on, as posted for The Nature Conservancy Fisheries Monitoring.':
    'Eine Datei je Klasse, `alb_labels.json` und so weiter, wie für The Nature Conservancy Fisheries Monitoring veröffentlicht.',
  'A folder that `kaggle datasets create` uploads: labels, data card, metadata, photographs and checksums.':
    'Ein Ordner, den `kaggle datasets create` hochlädt: Label, Datenblatt, Metadaten, Fotos und Prüfsummen.',
  'A CSV with one row an image and one probability a class: image,ALB,BET,DOL,LAG,NoF,OTHER,SHARK,YFT.':
    'Eine CSV mit einer Zeile je Bild und einer Wahrscheinlichkeit je Klasse: image,ALB,BET,DOL,LAG,NoF,OTHER,SHARK,YFT.',

  // What an option is called.
  Split: 'Teilung',
  Layout: 'Anordnung',
  Coordinates: 'Koordinaten',
  Unseen: 'Ungesehene Bilder',
  'Without boxes': 'Ohne Boxen',
  Crowd: 'Ansammlungen',
  Results: 'Ergebnisse',
  'Min score': 'Mindestwert',
  Sixth: 'Sechste Zahl',
  Origin: 'Ursprung',
  'Image url': 'Adresse der Bilder',
  Annotations: 'Annotationen',
  Predictions: 'Vorhersagen',
  Species: 'Art',
  Header: 'Kopfzeile',
  Delimiter: 'Trennzeichen',
  Image: 'Bild',
  Class: 'Klasse',
  X: 'x',
  Y: 'y',
  X2: 'x2',
  Y2: 'y2',
  Score: 'Wert',
  Bbox: 'Box in einer Zelle',
  Unit: 'Einheit',
  Points: 'Punkte',
  Title: 'Titel',
  Subtitle: 'Untertitel',
  Owner: 'Besitzer',
  Slug: 'Ende der Adresse',
  Licence: 'Lizenz',
  Keywords: 'Stichwörter',
  Labels: 'Label',
  Images: 'Bilder',
  Sample: 'Muster',
  Clip: 'Höchste Wahrscheinlichkeit',
  'Max probability': 'Obergrenze',
  'Nothing column': 'Spalte ohne Fisch',
  Names: 'Namen',
  Prefix: 'Vorsatz',
  Missing: 'Fehlende',

  // What can be chosen.
  'One file': 'Eine Datei',
  Ultralytics: 'Ultralytics',
  Darknet: 'Darknet',
  'Per split': 'Je Teil',
  Upright: 'Aufrecht',
  Raw: 'Wie gespeichert',
  Write: 'Schreiben',
  'Leave out': 'Weglassen',
  Empty: 'Leer',
  Skip: 'Überspringen',
  Keep: 'Behalten',
  Import: 'Importieren',
  Ignore: 'Übergehen',
  Track: 'Spur',
  'One based': 'Ab 1 gezählt',
  'Zero based': 'Kanten ab 0',
  Last: 'Letzte',
  All: 'Alle',
  Corners: 'Ecken',
  Size: 'Größe',
  Centre: 'Mitte',
  Yes: 'Ja',
  No: 'Nein',
  ',': ',',
  ';': ';',
  Tab: 'Tabulator',
  '|': '|',
  Pixel: 'Pixel',
  Fraction: 'Bruchteil',
  Refuse: 'Ablehnen',
  Unknown: 'Unbekannt',
  'Copyright authors': 'Urheberrecht bei den Autoren',
  Other: 'Andere',
  Zip: 'ZIP',
  Tuned: 'Bestimmt',
  Fixed: 'Fest',
  Train: 'Training',
  Valid: 'Validierung',
  Test: 'Test',
  'File name': 'Dateiname',
  Path: 'Pfad',
  Uniform: 'Gleichverteilt',

  // What an option is for.
  'Folders of images and labels, as Ultralytics reads them; or labels beside the photographs, as Darknet and CVAT (YOLO 1.1) do':
    'Ordner für Bilder und Label, wie Ultralytics sie liest; oder Label neben den Fotos, wie Darknet und CVAT (YOLO 1.1) es halten',
  'One file for all images, or one for each of train, val and test':
    'Eine Datei für alle Bilder, oder je eine für train, val und test',
  'Boxes on the photograph as seen (turned by its EXIF orientation), or on its pixels as stored':
    'Boxen auf dem Foto, wie man es sieht (nach seiner EXIF-Orientierung gedreht), oder auf seinen Pixeln, wie gespeichert',
  'Images that nobody has looked at: list them without boxes, or leave them out':
    'Bilder, die niemand angesehen hat: ohne Boxen aufführen oder weglassen',
  'Which pixels the boxes are on: found out from the sizes, as seen, or as stored':
    'Auf welchen Pixeln die Boxen liegen: aus den Größen ermittelt, wie gesehen, oder wie gespeichert',
  'An image listed without boxes: looked at and empty, or not looked at':
    'Ein Bild, das ohne Boxen aufgeführt ist: angesehen und leer, oder nicht angesehen',
  'Regions of many animals (iscrowd)': 'Bereiche mit vielen Tieren (iscrowd)',
  'Lists of model results: taken when there are no labels, always, or never':
    'Listen mit Ergebnissen eines Modells: genommen, wenn es keine Label gibt, immer, oder nie',
  'Boxes with a score below this are left out and counted; boxes without one are taken':
    'Boxen mit kleinerem Wert bleiben weg und werden gezählt; Boxen ohne Wert werden genommen',
  'A sixth number in each line: a score, the number of a track, or nothing; found out over all lines, since a score is never above 1':
    'Eine sechste Zahl in jeder Zeile: ein Wert, die Nummer einer Spur, oder nichts; über alle Zeilen ermittelt, da ein Wert nie über 1 liegt',
  'Whole pixels counted from 1, both ends included, as the VOC specification has it; or edges from 0 with decimals, as labelImg and CVAT write':
    'Ganze Pixel ab 1 gezählt, beide Enden eingeschlossen, wie VOC es festlegt; oder Kanten ab 0 mit Nachkommastellen, wie labelImg und CVAT schreiben',
  'Whether pixels count from 1 (both ends included) or are edges from 0; found out from the numbers where they tell':
    'Ob Pixel ab 1 zählen (beide Enden eingeschlossen) oder Kanten ab 0 sind; aus den Zahlen ermittelt, wo sie es verraten',
  "Written before each path: for photographs on the server's own disk, or a web address or bucket that holds them":
    'Steht vor jedem Pfad: für Fotos auf der Platte des Servers, oder eine Web-Adresse oder ein Bucket, wo sie liegen',
  'Tasks that several people annotated: take the last annotation, or the boxes of all':
    'Aufgaben, die mehrere annotiert haben: die letzte Annotation nehmen, oder die Boxen aller',
  "A model's predictions: taken where a task has no annotation, always, or never":
    'Vorhersagen eines Modells: genommen, wo eine Aufgabe keine Annotation hat, immer, oder nie',
  'Predicted boxes with a score below this are left out and counted':
    'Vorhergesagte Boxen mit kleinerem Wert bleiben weg und werden gezählt',
  'Detections whose class score is below this are left out and counted':
    'Detektionen mit kleinerem Klassenwert bleiben weg und werden gezählt',
  'Detections below this are left out and counted: MegaDetector writes them down to 0.005, which are rarely animals':
    'Detektionen darunter bleiben weg und werden gezählt: MegaDetector schreibt sie bis 0,005, und das sind selten Tiere',
  'Where a second model named the species: take its name as the class, or the detector’s (animal, person, vehicle)':
    'Wo ein zweites Modell die Art nannte: deren Namen als Klasse nehmen, oder den des Detektors (animal, person, vehicle)',
  'Columns of a box: xmin, ymin, xmax, ymax; or x, y, w, h':
    'Spalten einer Box: xmin, ymin, xmax, ymax; oder x, y, w, h',
  'Whether the first row holds the names of the columns':
    'Ob in der ersten Zeile die Namen der Spalten stehen',
  'What stands between cells': 'Was zwischen Zellen steht',
  'Image: the name of the column or its number from 1; found by its name when left empty':
    'Bild: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Class: the name of the column or its number from 1; found by its name when left empty':
    'Klasse: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Left edge, or centre with box=centre: the name of the column or its number from 1; found by its name when left empty':
    'Linke Kante, oder Mitte bei Box = Mitte: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Top edge, or centre with box=centre: the name of the column or its number from 1; found by its name when left empty':
    'Obere Kante, oder Mitte bei Box = Mitte: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Right edge, or width: the name of the column or its number from 1; found by its name when left empty':
    'Rechte Kante oder Breite: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Bottom edge, or height: the name of the column or its number from 1; found by its name when left empty':
    'Untere Kante oder Höhe: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Score: the name of the column or its number from 1; found by its name when left empty':
    'Wert: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'Four numbers in one cell, such as [10, 20, 30, 40]: the name of the column or its number from 1; found by its name when left empty':
    'Vier Zahlen in einer Zelle, etwa [10, 20, 30, 40]: Name der Spalte oder ihre Nummer ab 1; leer wird sie am Namen gefunden',
  'What the four numbers are: two corners; left, top, width and height; centre, width and height. Found out from the names of the columns':
    'Was die vier Zahlen sind: zwei Ecken; links, oben, Breite und Höhe; Mitte, Breite und Höhe. Aus den Namen der Spalten ermittelt',
  'Pixels or fractions of the image; fractions when no number is above 1':
    'Pixel oder Bruchteile des Bildes; Bruchteile, wenn keine Zahl über 1 liegt',
  'Files with head and tail points in place of rectangles: refuse them, or draw a box around the two points':
    'Dateien mit Punkten für Kopf und Schwanz statt Rechtecken: ablehnen, oder eine Box um die beiden Punkte ziehen',
  'Title, 6 to 50 characters; made of the project’s name when left empty':
    'Titel, 6 bis 50 Zeichen; leer wird er aus dem Namen des Projekts gebildet',
  'Subtitle, 20 to 80 characters, or none': 'Untertitel, 20 bis 80 Zeichen, oder keiner',
  'Your name on Kaggle, which begins the data set’s address':
    'Dein Name auf Kaggle; mit ihm beginnt die Adresse des Datensatzes',
  'The end of its address, 6 to 50 small letters, digits and hyphens; made of the title when left empty':
    'Das Ende der Adresse, 6 bis 50 Kleinbuchstaben, Ziffern und Bindestriche; leer wird es aus dem Titel gebildet',
  'The licence of photographs and labels; Kaggle asks for exactly one':
    'Die Lizenz von Fotos und Labeln; Kaggle verlangt genau eine',
  'Keywords that Kaggle knows, with commas between': 'Stichwörter, die Kaggle kennt, mit Kommas dazwischen',
  'Formats of the labels, with commas between; the first is the one that our own import reads':
    'Formate der Label, mit Kommas dazwischen; das erste ist das, das der eigene Import liest',
  'The photographs, unchanged, in one archive; or labels alone':
    'Die Fotos, unverändert, in einem Archiv; oder nur die Label',
  'The contest’s sample submission: its columns, rows and order are taken, and ours checked against it':
    'Das Muster des Wettbewerbs: Spalten, Zeilen und Reihenfolge werden übernommen und die eigene Einreichung daran geprüft',
  'The highest probability: the one of lowest log loss on the validation images, or the one given here':
    'Die höchste Wahrscheinlichkeit: die mit dem kleinsten Log-Verlust auf den Bildern zur Validierung, oder die hier angegebene',
  'Probabilities are cut to this, and from below to (1 − this) / (columns − 1), where the cut is fixed or cannot be tuned; lesson 7 took 0.82':
    'Wahrscheinlichkeiten werden hierauf begrenzt, und nach unten auf (1 − dies) / (Spalten − 1), wo die Grenze fest ist oder sich nicht bestimmen lässt; Lektion 7 nahm 0,82',
  'Name of the column for images without fish': 'Name der Spalte für Bilder ohne Fisch',
  'Which images get a row': 'Welche Bilder eine Zeile bekommen',
  'What stands in the image column': 'Was in der Bildspalte steht',
  'Written before each image name: test_stg2/ for the second stage':
    'Steht vor jedem Bildnamen: test_stg2/ für die zweite Stufe',
  'Images without probabilities or labels: no row, or the same probability for every class':
    'Bilder ohne Wahrscheinlichkeiten oder Label: keine Zeile, oder für jede Klasse dieselbe Wahrscheinlichkeit',

  // What a format cannot say.
  'Images nobody has looked at and images without fish look the same; a manifest beside the labels tells them apart.':
    'Bilder, die niemand angesehen hat, und Bilder ohne Fisch sehen gleich aus; ein Manifest neben den Labeln unterscheidet sie.',
  'Groups, colours and keys of classes are only in the manifest.':
    'Gruppen, Farben und Tasten der Klassen stehen nur im Manifest.',
  'Who drew a box, and which model suggested it, is not written.':
    'Wer eine Box gezeichnet und welches Modell sie vorgeschlagen hat, wird nicht geschrieben.',
  'Images nobody has looked at are left out: without a label they would count as empty.':
    'Bilder, die niemand angesehen hat, bleiben weg: Ohne Label würden sie als leer gelten.',
  'Scores, head and tail points, attributes, groups and colours are not in the label files.':
    'Werte, Punkte für Kopf und Schwanz, Attribute, Gruppen und Farben stehen nicht in den Labeldateien.',
  'Boxes are widened to whole pixels, unless the origin zero-based is chosen.':
    'Boxen werden auf ganze Pixel erweitert, außer beim Ursprung „Kanten ab 0“.',
  'Images nobody has looked at are left out: without a box they would count as empty.':
    'Bilder, die niemand angesehen hat, bleiben weg: Ohne Box würden sie als leer gelten.',
  'Scores, head and tail points, and who drew a box are not written.':
    'Werte, Punkte für Kopf und Schwanz und wer eine Box gezeichnet hat, werden nicht geschrieben.',
  'Boxes are written with two decimals, as CVAT writes them.':
    'Boxen werden mit zwei Nachkommastellen geschrieben, wie CVAT es tut.',
  'Scores and head and tail points are not written.':
    'Werte und Punkte für Kopf und Schwanz werden nicht geschrieben.',
  'Splits, groups and keys of classes are only in the manifest.':
    'Teilungen, Gruppen und Tasten der Klassen stehen nur im Manifest.',
  'Images nobody has looked at are left out: without a shape they would count as empty.':
    'Bilder, die niemand angesehen hat, bleiben weg: Ohne Form würden sie als leer gelten.',
  'Head and tail points, and who drew a box, are not written.':
    'Punkte für Kopf und Schwanz und wer eine Box gezeichnet hat, werden nicht geschrieben.',
  'Splits, groups, colours and keys of classes are only in the manifest.':
    'Teilungen, Gruppen, Farben und Tasten der Klassen stehen nur im Manifest.',
  'Head and tail points, and whether an image was declared complete, are not written.':
    'Punkte für Kopf und Schwanz und ob ein Bild für vollständig erklärt wurde, werden nicht geschrieben.',
  'Label Studio finds photographs of its own disk only with local files allowed in its settings.':
    'Label Studio findet Fotos auf der eigenen Platte nur, wenn seine Einstellungen lokale Dateien erlauben.',
  'DIVE rounds corners to whole pixels when it reads them.': 'DIVE rundet Ecken beim Lesen auf ganze Pixel.',
  'It lists boxes only: images without one, and what was said of them, are in the manifest alone.':
    'Es führt nur Boxen auf: Bilder ohne Box, und was über sie gesagt wurde, stehen allein im Manifest.',
  'Head and tail points, attributes, and who drew a box are not written.':
    'Punkte für Kopf und Schwanz, Attribute und wer eine Box gezeichnet hat, werden nicht geschrieben.',
  'Whether an image was declared complete, splits, groups and colours are only in the manifest.':
    'Ob ein Bild für vollständig erklärt wurde, Teilungen, Gruppen und Farben stehen nur im Manifest.',
  'Scores, head and tail points, attributes, and who drew a box are not written.':
    'Werte, Punkte für Kopf und Schwanz, Attribute und wer eine Box gezeichnet hat, werden nicht geschrieben.',
  'Whether an image was declared complete, splits and groups are only in the manifest.':
    'Ob ein Bild für vollständig erklärt wurde, Teilungen und Gruppen stehen nur im Manifest.',
  'It has no image sizes and no splits.': 'Es hat keine Bildgrößen und keine Teilungen.',
  'It does not tell images nobody looked at from images without a box.':
    'Es unterscheidet Bilder, die niemand angesehen hat, nicht von Bildern ohne Box.',
  'What the formats chosen for the labels cannot say, which the manifest beside them does.':
    'Was die für die Label gewählten Formate nicht sagen können; das Manifest daneben sagt es.',
  'Who drew a box is told in the data card as numbers only.':
    'Wer eine Box gezeichnet hat, sagt das Datenblatt nur als Zahlen.',
  'It holds no boxes.': 'Es enthält keine Boxen.',
  'It holds one set of probabilities an image, whatever the number of fish.':
    'Es enthält eine Reihe von Wahrscheinlichkeiten je Bild, wie viele Fische es auch sind.',
};
