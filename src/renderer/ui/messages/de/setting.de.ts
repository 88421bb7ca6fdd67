/**
 * What the settings of recipes are called and say, in German, by the English text as the window would show it. `test/contract/host-words.test.ts`
 * says which is missing. Of a setting that is not here the English is shown.
 */
export const germanSettings: Readonly<Record<string, string>> = {
  // What a field is called.
  Width: 'Breite',
  Near: 'Umgebung',
  Dropout: 'Dropout',
  'Batch images': 'Fotos je Schritt',
  Epochs: 'Epochen',
  'Learning rate': 'Lernrate',
  Schedule: 'Verlauf der Lernrate',
  'Weight decay': 'Gewichtsabnahme',
  'Average decay': 'Gleitendes Mittel',
  Copies: 'Kopien',
  Flip: 'Spiegeln',
  'Zoom out': 'Verkleinern',
  'Zoom in': 'Vergrößern',
  Shift: 'Verschieben',
  Colour: 'Farbe',
  Rotation: 'Drehen',
  Mirror: 'Gespiegelt lesen',
  'Close ups': 'Ausschnitte',
  'Class balance': 'Ausgleich der Klassen',
  'Rare boost': 'Seltene häufiger',
  'Box weight': 'Gewicht der Box',
  'Offset weight': 'Gewicht der Lage',
  'Overlap cut': 'Schnitt der Überlappung',
  'Head share': 'Anteil des Kopfes',
  'Fresh copies': 'Frische Kopien',
  Precision: 'Genauigkeit',
  Detector: 'Detektor',
  Trust: 'Vertrauen',
  'Crop width': 'Breite des Ausschnitts',
  'Crop height': 'Höhe des Ausschnitts',
  Margin: 'Rand',
  Backgrounds: 'Hintergründe',
  Level: 'Waagerecht drehen',
  Turner: 'Modell für die Lage',
  Units: 'Breite der dichten Schicht',
  Normalization: 'Normalisierung',
  Patience: 'Geduld',
  'Choose box': 'Welche Box',
  'Pseudo share': 'Anteil ungelabelter Fotos',
  'Pseudo model': 'Früheres Modell',
  'Pseudo confidence': 'Mindestwert des früheren Modells',
  'Second share': 'Anteil zum zweiten Mal',
  'Line weight': 'Gewicht der Punkte',
  'Margin frac': 'Rand um die Punkte',
  Sizes: 'Bildgrößen',
  Columns: 'Spalten',
  'Column codes': 'Lesart der Spalten',
  Cell: 'Zelle',
  Frames: 'Bilder je Fenster',
  'Clip by': 'Clip nach',
  'Order by': 'Reihenfolge nach',
  Pooling: 'Pooling',
  Members: 'Modelle',
  Echoes: 'Wiederholungen',
  Overlap: 'Überlappung',

  // What can be chosen.
  'One cycle': 'Ein Auf und Ab',
  Stepped: 'In Stufen',
  Auto: 'Von selbst',
  Always: 'Immer',
  Never: 'Nie',
  Float32: 'float32',
  Bfloat16: 'bfloat16',
  Off: 'Aus',
  Photograph: 'Foto',
  Box: 'Box',
  Batch: 'Über die Fotos eines Schritts',
  Layer: 'Über die Kanäle eines Fotos',
  None: 'Keine',
  Largest: 'Größte',
  Smallest: 'Kleinste',
  'Most central': 'Mittigste',
  Simple: 'Einfach',
  Gru: 'GRU',
  Lstm: 'LSTM',
  Folder: 'Ordner',
  Group: 'Gruppe',
  Name: 'Name',
  Time: 'Zeit',
  Average: 'Mittelwert',
  Max: 'Größter Wert',

  // What a field is for.
  'Channels of each level. 0: as suits the time, 64 for less than half a minute, else 256.':
    'Kanäle jeder Stufe. 0: wie es zur Zeit passt, 64 bei weniger als einer halben Minute, sonst 256.',
  'Share of channels left out at random while training. More holds back learning by heart.':
    'Anteil der Kanäle, die beim Training zufällig wegbleiben. Mehr hält vom Auswendiglernen ab.',
  'Photographs a step; of each only some cells are looked at. 0: as suits the time, 4 for less than half a minute, else 16.':
    'Fotos je Schritt; von jedem werden nur einige Zellen angesehen. 0: wie es zur Zeit passt, 4 bei weniger als einer halben Minute, sonst 16.',
  'Visits of each photograph when no time is given. 0: as many as suit their number.':
    'Wie oft jedes Foto drankommt, wenn keine Zeit gegeben ist. 0: wie es zu ihrer Zahl passt.',
  'Highest learning rate (Adam).': 'Höchste Lernrate (Adam).',
  'How the learning rate changes: up and down once, or in the steps of the lesson.':
    'Wie sich die Lernrate ändert: einmal auf und ab, oder in den Stufen der Lektion.',
  'Pull of the weights towards zero.': 'Zug der Gewichte gegen null.',
  'Moving average of the weights; the average is what suggests. 0: none.':
    'Gleitendes Mittel der Gewichte; das Mittel macht die Vorschläge. 0: keines.',
  'Copies of each photograph drawn with another zoom, place, colour and turn. -1: as many as time and number of photographs allow; a detector with little time leaves out the mirrored one, too.':
    'Kopien jedes Fotos in anderem Maßstab, an anderer Stelle, mit anderer Farbe und Drehung. -1: so viele, wie Zeit und Zahl der Fotos erlauben; ein Detektor mit wenig Zeit lässt auch die gespiegelte weg.',
  'Also learn from the mirrored photograph, and from mirrored copies.':
    'Auch vom gespiegelten Foto und von gespiegelten Kopien lernen.',
  'Smallest zoom of a drawn copy: 0.7 shows the photograph at that part of its size. 1: never smaller.':
    'Kleinster Maßstab einer Kopie: 0,7 zeigt das Foto auf diesen Teil verkleinert. 1: nie kleiner.',
  'Largest zoom of a drawn copy: 1.5 shows two thirds of its width and height. 1: never larger.':
    'Größter Maßstab einer Kopie: 1,5 zeigt zwei Drittel von Breite und Höhe. 1: nie größer.',
  'Largest shift of a drawn copy to each side, as a part of the picture. 0: none.':
    'Größte Verschiebung einer Kopie nach jeder Seite, als Teil des Bildes. 0: keine.',
  'Largest change of light and colour of a drawn copy: 0.15 is up to 15 % either way. 0: none.':
    'Größte Änderung von Licht und Farbe einer Kopie: 0,15 sind bis zu 15 % nach oben und unten. 0: keine.',
  'Largest turn of a drawn copy to either side, in degrees. Points turn with it exactly; a box becomes the upright box around the turned one, so keep it small where boxes are learnt.':
    'Größte Drehung einer Kopie nach jeder Seite, in Grad. Punkte drehen sich genau mit; eine Box wird zur aufrechten Box um die gedrehte, also klein halten, wo Boxen gelernt werden.',
  'Read each photograph mirrored too, and join both: surer, for twice the time a photograph. auto: when training has minutes.':
    'Jedes Foto auch gespiegelt lesen und beides vereinen: sicherer, für die doppelte Zeit je Foto. Von selbst: wenn das Training Minuten hat.',
  'How far the fine level looks on the finest features: 1 its own cell alone, a third quicker, 2 its neighbours too. 0: as suits the time, 1 for less than half a minute.':
    'Wie weit die feine Ebene auf den feinsten Merkmalen sieht: 1 nur die eigene Zelle, um ein Drittel schneller, 2 auch ihre Nachbarn. 0: wie es zur Zeit passt, 1 bei weniger als einer halben Minute.',
  'Read four overlapping close-ups of each photograph too, for small fish: for three to five times the time a photograph. auto: when training has five minutes or more.':
    'Auch vier überlappende Ausschnitte jedes Fotos lesen, für kleine Fische: für das Drei- bis Fünffache der Zeit je Foto. Von selbst: ab fünf Minuten Training.',
  'How much more a rare class counts: 0 not at all, 1 all classes alike.':
    'Wie viel mehr eine seltene Klasse zählt: 0 gar nicht, 1 alle Klassen gleich.',
  'How much more often photographs of rare classes are shown: 0 not at all.':
    'Wie viel öfter Fotos seltener Klassen gezeigt werden: 0 gar nicht.',
  'Weight of the box loss beside the heat loss.':
    'Gewicht des Verlusts der Box neben dem der Karte der Mitten.',
  'Weight of the plain error of place and size.': 'Gewicht des einfachen Fehlers von Lage und Größe.',
  'Overlap (IoU) above which the weaker of two suggestions of one class goes.':
    'Überlappung (IoU), ab der von zwei Vorschlägen einer Klasse der schwächere wegfällt.',
  'Part of the time in which the head learns alone, before the last blocks move too; four minutes at most.':
    'Teil der Zeit, in der der Kopf allein lernt, bevor auch die letzten Blöcke sich bewegen; höchstens vier Minuten.',
  'Photographs a step.': 'Fotos je Schritt.',
  'Highest learning rate (Adam) once the last blocks move.':
    'Höchste Lernrate (Adam), sobald die letzten Blöcke sich bewegen.',
  'Copies of each photograph drawn with another zoom, place, colour and turn as training asks for them.':
    'Kopien jedes Fotos in anderem Maßstab, an anderer Stelle, mit anderer Farbe und Drehung, gezeichnet, wenn das Training sie braucht.',
  'How exactly convolutions and wide layers multiply in training. bfloat16 rounds what is multiplied to three decimal digits and takes about half the time on native TensorFlow with a processor that has such products; elsewhere it changes nothing.':
    'Wie genau Faltungen und breite Schichten beim Training multiplizieren. bfloat16 rundet, was multipliziert wird, auf drei Dezimalstellen und braucht mit nativem TensorFlow etwa die halbe Zeit, wenn der Prozessor solche Produkte kann; sonst ändert es nichts.',
  'The model whose boxes are looked at again. None: the one that suggests now.':
    'Das Modell, dessen Boxen noch einmal angesehen werden. Keines: das, das jetzt vorschlägt.',
  'How much the second look counts beside the detector, for class and score: 0 not at all, 0.5 as much, 1 alone. More where fish are small in the photograph.':
    'Wie viel der zweite Blick neben dem Detektor zählt, für Klasse und Wert: 0 gar nicht, 0,5 gleich viel, 1 allein. Mehr, wo Fische im Foto klein sind.',
  'Width of the picture each crop is scaled to, in pixels: a multiple of 32. Larger shows more of a large fish and takes longer.':
    'Breite, auf die jeder Ausschnitt gebracht wird, in Pixeln: ein Vielfaches von 32. Größer zeigt mehr von einem großen Fisch und dauert länger.',
  'Height of the picture each crop is scaled to, in pixels: a multiple of 32. Larger shows more of a large fish and takes longer.':
    'Höhe, auf die jeder Ausschnitt gebracht wird, in Pixeln: ein Vielfaches von 32. Größer zeigt mehr von einem großen Fisch und dauert länger.',
  'Surroundings that a crop shows on each side of the box, as a share of its size.':
    'Umgebung, die ein Ausschnitt auf jeder Seite der Box zeigt, als Anteil an deren Größe.',
  'Crops without a fish from each photograph: first where the detector is wrongly sure, then anywhere. They teach “nothing here”.':
    'Ausschnitte ohne Fisch aus jedem Foto: erst, wo der Detektor zu Unrecht sicher ist, dann irgendwo. Sie lehren „nichts da“.',
  'Turns crops so that the fish lies level: not; along the line found in the photograph, for one fish each; or along a line found in each box. Lines that people marked count first.':
    'Dreht Ausschnitte, bis der Fisch waagerecht liegt: nicht; nach der im Foto gefundenen Linie, bei einem Fisch je Foto; oder nach einer in jeder Box gefundenen. Linien, die Menschen gezeichnet haben, gehen vor.',
  'The head-tail model that tells how fish lie. None: the newest there is.':
    'Das Modell für Kopf und Schwanz, das sagt, wie Fische liegen. Keines: das neueste, das es gibt.',
  'Width of the dense layer.': 'Breite der dichten Schicht.',
  'Share of feature channels left out at random before the dense layer.':
    'Anteil der Merkmalskanäle, die vor der dichten Schicht zufällig wegbleiben.',
  'How activations are kept at a like size: over the photographs of a step (the lesson), over the channels of each photograph, or not at all.':
    'Wie Aktivierungen gleich groß bleiben: über die Fotos eines Schritts (die Lektion), über die Kanäle jedes Fotos, oder gar nicht.',
  "Highest learning rate (Adam); the lesson's 0.001.": 'Höchste Lernrate (Adam); in der Lektion 0,001.',
  'How the learning rate changes: in the steps of the lesson, or up and down once.':
    'Wie sich die Lernrate ändert: in den Stufen der Lektion, oder einmal auf und ab.',
  'Moving average of the weights; the average is what judges. 0: none.':
    'Gleitendes Mittel der Gewichte; das Mittel urteilt. 0: keines.',
  'Training ends early when so many of its twelve evaluations in a row brought no lower log loss. 0: never.':
    'Das Training endet früher, wenn so viele seiner zwölf Bewertungen hintereinander keinen kleineren Log-Verlust brachten. 0: nie.',
  'Which fish to learn where a photograph holds several. The labels keep them all.':
    'Welcher Fisch gelernt wird, wo ein Foto mehrere hat. Die Label behalten alle.',
  'Weight of the squared box error in canvas pixels, as in the lesson; 0 learns the class alone.':
    'Gewicht des quadrierten Fehlers der Box in Pixeln der Leinwand, wie in der Lektion; 0 lernt die Klasse allein.',
  'Width of the two dense layers.': 'Breite der beiden dichten Schichten.',
  "The lesson's p: p after the first dense layer, p / 2 after the second, p / 4 before the first.":
    'Das p der Lektion: p nach der ersten dichten Schicht, p / 2 nach der zweiten, p / 4 vor der ersten.',
  "Part of each step's photographs that nobody labelled, learnt as an earlier model sees them. 0: none; the lesson's 4 of 64 is 0.0625.":
    'Teil der Fotos jedes Schritts, die niemand gelabelt hat, gelernt, wie ein früheres Modell sie sieht. 0: keine; die 4 von 64 der Lektion sind 0,0625.',
  'The earlier model that says what is on photographs without labels.':
    'Das frühere Modell, das sagt, was auf Fotos ohne Label ist.',
  'Photographs are left out where the earlier model gives its likeliest class less than this.':
    'Fotos bleiben weg, deren wahrscheinlichster Klasse das frühere Modell weniger als das gibt.',
  "Part of each step drawn from the labelled photographs a second time, rare classes more often: the lesson's 16 of 64. Only with photographs without labels.":
    'Teil jedes Schritts, der ein zweites Mal aus den gelabelten Fotos gezogen wird, seltene Klassen öfter: die 16 von 64 der Lektion. Nur mit Fotos ohne Label.',
  'Weight of the squared error of the points in canvas pixels, beside that of the class.':
    'Gewicht des quadrierten Fehlers der Punkte in Pixeln der Leinwand, neben dem der Klasse.',
  'Margin of the suggested box around the two points, as a share of their distance.':
    'Rand der vorgeschlagenen Box um die beiden Punkte, als Anteil an deren Abstand.',
  'Share of feature channels left out at random while training.':
    'Anteil der Merkmalskanäle, die beim Training zufällig wegbleiben.',
  'How many different pixel sizes are told apart, the commonest first; any other counts as unknown. 0: the size is not told.':
    'Wie viele Pixelgrößen unterschieden werden, die häufigsten zuerst; jede andere gilt als unbekannt. 0: Die Größe wird nicht gesagt.',
  'Imported columns it is told, with commas between their names; * for all. Empty: none.':
    'Importierte Spalten, die ihm gesagt werden, mit Kommas zwischen den Namen; * für alle. Leer: keine.',
  'How each column is read; the studio decides it from the training photographs.':
    'Wie jede Spalte gelesen wird; das Studio entscheidet es nach den Fotos zum Training.',
  'Filters of each of the three convolutions.': 'Filter jeder der drei Faltungen.',
  'Share of channels left out at random before the class map; the lesson needed none.':
    'Anteil der Kanäle, die vor der Klassenkarte zufällig wegbleiben; die Lektion brauchte keinen.',
  'Filters of the 1×1 branch of each block; the other branches keep their proportion to it.':
    'Filter des 1×1-Zweigs jedes Blocks; die anderen Zweige behalten ihr Verhältnis dazu.',
  'Share of channels left out at random before the class map.':
    'Anteil der Kanäle, die vor der Klassenkarte zufällig wegbleiben.',
  'The recurrent cell: simple as in lesson 6, GRU (gates that keep or reset what is remembered) or LSTM (a memory of its own).':
    'Die rekurrente Zelle: einfach wie in Lektion 6, GRU (Tore, die Gemerktes halten oder löschen) oder LSTM (ein eigener Speicher).',
  'Frames a window: the photograph that is judged and those before it. 1: each photograph alone.':
    'Bilder je Fenster: das beurteilte Foto und die davor. 1: jedes Foto allein.',
  'What belongs to one clip: the photographs of a folder, or those of a group (boat, camera).':
    'Was zu einem Clip gehört: die Fotos eines Ordners, oder die einer Gruppe (Boot, Kamera).',
  'Order of the frames of a clip: by file name, numbers in it counted, or by the time they were taken (by name where one has no time).':
    'Reihenfolge der Bilder eines Clips: nach Dateiname, Zahlen darin gezählt, oder nach der Aufnahmezeit (nach Name, wo einem die Zeit fehlt).',
  'What is kept of each frame: the average of each feature over the photograph or, for fish that fill little of it, its largest value.':
    'Was von jedem Bild bleibt: der Mittelwert jedes Merkmals über das Foto oder, bei Fischen, die wenig davon füllen, sein größter Wert.',
  'Steps that learn from each drawn copy before it is thrown away: drawing one costs about half as much as learning from it.':
    'Schritte, die von jeder gezeichneten Kopie lernen, bevor sie weggeworfen wird: Eine zu zeichnen kostet etwa halb so viel, wie von ihr zu lernen.',
  'Numbers the net can remember.': 'Zahlen, die sich das Netz merken kann.',
  'Share of feature channels left out at random while training, the same ones in all frames of a window.':
    'Anteil der Merkmalskanäle, die beim Training zufällig wegbleiben, dieselben in allen Bildern eines Fensters.',
  'The trained models to join, two or more: their ids, with commas between.':
    'Die trainierten Modelle, die vereint werden, zwei oder mehr: ihre Kennungen, mit Kommas dazwischen.',
  'Overlap (IoU) from which boxes of one class are taken for the same fish.':
    'Überlappung (IoU), ab der Boxen einer Klasse für denselben Fisch gelten.',
};
