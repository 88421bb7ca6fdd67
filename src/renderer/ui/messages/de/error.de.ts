/**
 * Errors of the host and the engine in German, by their code. Values in braces are those of the error's details; where one is missing, or a
 * code is not here, the English of the error itself is shown.
 */
export interface ErrorWords {
  readonly message: string;
  readonly hint: string;
}

export const germanErrors: Readonly<Record<string, ErrorWords>> = {
  'labels/conflict': {
    message:
      'Etwas anderes hat denselben Eintrag inzwischen geändert, oder er passt nicht zu dieser Änderung. Sie wurde nicht gespeichert und nichts überschrieben.',
    hint: 'Das Bild ansehen, wie es jetzt ist, und die Änderung wiederholen, falls sie noch gewünscht ist.',
  },
  'labels/outside-image': {
    message: 'Die Box reicht über das Bild hinaus ({widthPx} × {heightPx} px). Sie wurde nicht gespeichert.',
    hint: 'Sie innerhalb des Bildes zeichnen.',
  },
  'labels/unknown-image': {
    message: 'Die Box gehört zu einem Bild, das dieses Projekt nicht hat. Sie wurde nicht gespeichert.',
    hint: 'Die Bilderliste neu laden.',
  },
  'labels/unknown-reference': {
    message:
      'Die Änderung nennt eine Klasse oder ein Bild, die es in diesem Projekt nicht (mehr) gibt. Nichts wurde gespeichert.',
    hint: 'Das Projekt neu laden und die Änderung wiederholen.',
  },
  'labels/unknown-gesture': {
    message:
      'Diese Änderung ist nicht gespeichert, also gibt es nichts zurückzunehmen. Nichts wurde geändert.',
    hint: 'Den Verlauf neu laden.',
  },
  'classes/in-use': {
    message: '{boxes} Boxen haben noch die Klasse, die gelöscht werden soll. Nichts wurde geändert.',
    hint: 'Diesen Boxen eine andere Klasse geben oder sie vorher löschen.',
  },
  'classes/no-name': {
    message: 'Eine Klasse hat keinen Namen. Nichts wurde angelegt.',
    hint: 'Jeder Klasse einen Namen geben.',
  },
  'classes/same': {
    message: 'Eine Klasse kann nicht mit sich selbst vereint werden. Nichts wurde geändert.',
    hint: 'Eine andere Klasse wählen.',
  },
  'classes/unknown': {
    message: 'Die Klasse gibt es nicht mehr. Nichts wurde geändert.',
    hint: 'Die Klassenliste ansehen, wie sie jetzt ist.',
  },
  'compare/no-boxes': {
    message:
      '„{name}“ nennt die Klasse ganzer Fotos und schlägt keine Boxen vor; neben die von Hand gezeichneten lässt sich also nichts legen.',
    hint: 'Ein Modell wählen, das Boxen vorschlägt. Wie oft dieses recht hat, sagt seine Beurteilung.',
  },
  'compare/not-predicted': {
    message: '{name} hat die Bilder noch nicht angesehen, also gibt es nichts zu vergleichen.',
    hint: 'Es erst vorschlagen lassen.',
  },
  'compare/nothing-common': {
    message:
      '„{name}“ und „{besideName}“ haben in diesem Teil kein gemeinsames Bild: Ihre Trainings haben die Bilder verschieden aufgeteilt. Über beide lässt sich nichts sagen.',
    hint: 'Alle Bilder wählen oder unter Daten Bilder zur Validierung oder zum Test bestimmen; das gilt für jedes Modell.',
  },
  'contrast/different': {
    message:
      '„{first}“ und „{second}“ sagen nicht dasselbe: Eines findet Boxen und das andere nicht, oder ihre Klassen sind verschieden. Sie lassen sich nicht gegeneinander stellen.',
    hint: 'Zwei Modelle derselben Klassen wählen, die beide Boxen vorschlagen oder beide die Klasse von Fotos nennen.',
  },
  'contrast/no-images': {
    message:
      'Kein Bild bleibt, auf dem „{first}“ und „{second}“ gegeneinander gestellt werden können: Von denen, auf denen beide beurteilt wurden, haben {leftOut} eines von beiden gelehrt.',
    hint: 'Bilder zur Validierung oder zum Test bestimmen oder beide Trainings gleich aufteilen, dann beide neu beurteilen.',
  },
  'project/damaged': {
    message:
      'Die Projektdatenbank kann nicht gelesen werden: Die Datei ist beschädigt oder keine Datenbank. Sie wurde nicht verändert.',
    hint: 'Kopien von vor Aktualisierungen liegen im Ordner „backups“ des Projekts.',
  },
  'project/exists': {
    message: 'An {path} ist schon etwas. Es wurde nicht verändert.',
    hint: 'Jenes Projekt öffnen oder einen anderen Namen wählen.',
  },
  'project/in-use': {
    message:
      'Das Projekt {path} ist in einem anderen Fenster oder Befehl geöffnet. Hier wurde es nicht geöffnet, damit keins das andere überschreibt.',
    hint: 'Das Fenster benutzen, in dem es offen ist, oder es dort schließen und es noch einmal versuchen.',
  },
  'project/inside-photographs': {
    message:
      'Das Projekt läge im Ordner der Fotos. Dorthin schreibt das Studio nie, also wurde nichts angelegt.',
    hint: 'Einen Ort neben oder fern von den Fotos wählen.',
  },
  'project/newer': {
    message:
      'Dieses Projekt wurde mit einer neueren Version des Studios gespeichert (Form {found}; diese kennt {known}). Es wurde nicht geöffnet und nichts geändert.',
    hint: 'Das Studio auf diesem Rechner aktualisieren oder das Projekt dort öffnen, wo es entstand.',
  },
  'project/no-images-folder': {
    message: 'An {path} ist kein Ordner mit Fotos. Nichts wurde angelegt.',
    hint: 'Den Pfad prüfen oder den Ordner neu wählen.',
  },
  'project/none-open': {
    message: 'Es ist kein Projekt geöffnet, also ist nichts da, womit das ginge.',
    hint: 'Erst ein Projekt öffnen oder anlegen.',
  },
  'project/not-a-project': {
    message:
      'Die Datei project.db in diesem Ordner gehört einem anderen Programm. Sie wurde nicht verändert.',
    hint: 'Einen Ordner wählen, dessen Name auf .catchlight endet und den dieses Studio angelegt hat.',
  },
  'project/not-found': {
    message: 'An {path} ist kein Projekt.',
    hint: 'Einen Ordner wählen, dessen Name auf .catchlight endet. Wurde er verschoben, ihn am neuen Ort öffnen.',
  },
  'project/not-writable': {
    message:
      'In den Projektordner kann nicht geschrieben werden, also wurde er nicht geöffnet oder der Schritt nicht gespeichert.',
    hint: 'Die Rechte des Ordners prüfen oder das Projekt an einen anderen Ort kopieren.',
  },
  'project/unfinished': {
    message:
      'Das Projekt an {path} ist leer: Sein Anlegen wurde abgebrochen oder seine Datei geleert. Es wurde nicht geöffnet.',
    hint: 'Kopien von vor Aktualisierungen liegen in seinem Ordner „backups“; gibt es keine, den Ordner entfernen und das Projekt neu anlegen.',
  },
  'image/missing': {
    message: 'Das Foto ist nicht mehr, wo es war. Seine Label sind erhalten.',
    hint: 'Es zurücklegen oder nach dem Verschieben neu einlesen: Es wird am Inhalt erkannt.',
  },
  'disk/full': {
    message: 'Der Datenträger ist voll, dieser Schritt wurde nicht gespeichert. Alles davor ist heil.',
    hint: 'Platz schaffen, dann den Schritt wiederholen.',
  },
  'file/in-use': {
    message:
      'Ein anderes Programm hat eine Datei offen, die zu schreiben war; der Schritt wurde nicht fertig: {cause}',
    hint: 'Die Datei im anderen Programm schließen, dann den Schritt wiederholen.',
  },
  'file/not-permitted': {
    message:
      'Das System verweigerte den Zugriff auf eine Datei oder einen Ordner; der Schritt wurde nicht getan: {cause}',
    hint: 'Die Rechte des Ordners prüfen oder einen anderen wählen.',
  },
  'folder/unreadable': {
    message: 'Der Ordner {path} kann nicht gelesen werden. Nichts wurde geändert.',
    hint: 'Pfad und Rechte prüfen oder einen anderen Ordner wählen.',
  },
  'job/not-found': {
    message:
      'Diese Aufgabe ist hier nicht bekannt: Ihr Projekt wurde geschlossen, oder sie wurde nie begonnen.',
    hint: 'Das Projekt öffnen, zu dem sie gehört.',
  },
  'job/lost': {
    message: 'Das Studio endete, bevor die Aufgabe fertig war.',
    hint: 'Noch einmal beginnen; was fertig ist, ist erhalten.',
  },
  'engine/cancelled': {
    message: 'Die Arbeit wurde angehalten. Was fertig war, ist erhalten.',
    hint: 'Noch einmal beginnen, um dort weiterzumachen.',
  },
  'engine/closed': {
    message: 'Das Studio schließt gerade, deshalb nimmt der Rechenteil keine Arbeit mehr an.',
    hint: 'Das Studio neu starten.',
  },
  'engine/crashed': {
    message:
      'Der Rechenteil endete unerwartet. Die Label sind sicher, und was die Aufgabe fertig hatte, ist erhalten.',
    hint: 'Die Aufgabe neu starten: Sie macht dort weiter, wo sie stand. Kommt es wieder vor, `catchlight doctor` ausführen.',
  },
  'engine/features-stopped': {
    message: 'Das Berechnen der Merkmale hielt an: {reason}. Gespeicherte Merkmale sind erhalten.',
    hint: 'Die Aufgabe neu starten: Sie macht dort weiter, wo sie stand.',
  },
  'engine/native-damaged': {
    message:
      'Das native TensorFlow ist installiert, aber seine Dateien sind nicht in Ordnung; es wird nicht benutzt.',
    hint: '`catchlight engine uninstall` ausführen, dann `catchlight engine install`.',
  },
  'engine/no-onnx-runtime': {
    message:
      'ONNX Runtime startet auf diesem Rechner nicht, deshalb können keine Merkmale berechnet werden. Die Label betrifft das nicht.',
    hint: '`catchlight doctor` ausführen und das Studio für dieses System neu installieren.',
  },
  'scan/worker-failed': {
    message:
      'Das Einlesen der Fotos hielt unerwartet an. Gefundene Bilder sind erhalten, die Fotos unberührt.',
    hint: 'Den Ordner neu einlesen: Es geht dort weiter, wo es stand.',
  },
  'data/worker-failed': {
    message:
      'Das Rechnen über die Fotos hielt unerwartet an, deshalb wurde nichts davon gesichert. Das Projekt ist, wie es war.',
    hint: 'Neu beginnen. Hält es wieder an, andere Programme schließen: Vielleicht fehlt Speicher.',
  },
  'split/stopped': {
    message:
      'Das Anwenden der Aufteilung wurde abgebrochen. Jedes Foto ist auf der Seite, auf der es vorher war.',
    hint: 'Sie noch einmal anwenden, wenn sie gewünscht ist.',
  },
  'import/not-found': {
    message:
      'Dort ist keine Datei und kein Ordner mit Labeln, die gelesen werden können; nichts wurde importiert.',
    hint: 'Den Pfad prüfen oder Datei oder Ordner neu wählen.',
  },
  'import/unreadable': {
    message:
      '{path} lässt sich nicht lesen ({cause}), deshalb wurde nichts importiert: Was darin steht, fehlte.',
    hint: 'Den Verweis oder die Rechte berichtigen oder die Datei aus dem Ordner nehmen und noch einmal importieren.',
  },
  'import/archive': {
    message: '{path} ist ein Archiv und wird so nicht gelesen, deshalb wurde nichts importiert.',
    hint: 'Es entpacken und den Ordner wählen.',
  },
  'import/too-many-files': {
    message: 'Unter {path} liegen zu viele Dateien, deshalb wurde nichts importiert.',
    hint: 'Nur den Ordner der Label wählen.',
  },
  'export/inside-photographs': {
    message:
      'Der gewählte Ordner liegt im Ordner der Fotos. Dorthin schreibt das Studio nie; nichts wurde exportiert.',
    hint: 'Einen anderen Ordner wählen.',
  },
  'export/not-a-folder': {
    message:
      'An {dir} ist eine Datei, wo ein Ordner gebraucht wird. Sie wurde nicht verändert und nichts exportiert.',
    hint: 'Einen Ordner wählen oder einen Namen, der frei ist.',
  },
  'export/photograph-missing': {
    message: 'Das Foto {file} ist nicht mehr da, der Export wäre unvollständig. Nichts wurde geschrieben.',
    hint: 'Es zurücklegen oder den Ordner neu einlesen; oder ohne Fotos exportieren.',
  },
  'format/empty-file': {
    message: '„{path}“ ist leer, deshalb wurden keine Label gelesen.',
    hint: 'Die Label aus dem Werkzeug, das die Datei schrieb, noch einmal exportieren.',
  },
  'format/not-json': {
    message: '„{path}“ ist kein ganzes JSON, deshalb wurden keine Label gelesen.',
    hint: 'Die Datei ist vielleicht abgeschnitten. Sie noch einmal exportieren.',
  },
  'format/not-xml': {
    message: '„{path}“ ist kein ganzes XML, deshalb wurden keine Label gelesen.',
    hint: 'Die Datei ist vielleicht abgeschnitten. Sie noch einmal exportieren.',
  },
  'format/no-classes': {
    message:
      'Das Projekt hat keine Klassen; eine Tabelle von Wahrscheinlichkeiten wäre leer. Nichts wurde geschrieben.',
    hint: 'Die Klassen anlegen, dann noch einmal exportieren.',
  },
  'training/diverged': {
    message:
      'Der Verlust war bei Schritt {step} keine Zahl mehr, also endete das Training ohne Modell. Die Label betrifft das nicht.',
    hint: 'Mit kleinerer Lernrate noch einmal trainieren.',
  },
  'training/no-classes': {
    message: 'Das Projekt hat keine Klassen, also gibt es nichts zu lernen.',
    hint: 'Eine Klasse anlegen und ein paar Boxen zeichnen.',
  },
  'training/no-images': {
    message: 'Kein gelabeltes Foto bleibt zum Lernen, also wurde nichts trainiert.',
    hint: 'Auf ein paar Fotos Boxen zeichnen oder einige als „kein Fisch“ kennzeichnen; prüfen, dass nicht alle zur Validierung beiseitegelegt sind.',
  },
  'plan/nothing-to-learn': {
    message: 'Es gibt keine gelabelte Box zum Lernen, also wurde kein Training begonnen.',
    hint: 'Erst auf ein paar Bildern Boxen zeichnen; für einen ersten Versuch genügen drei.',
  },
  'model/busy': {
    message: 'Das Modell arbeitet gerade, deshalb wurde es nicht gelöscht.',
    hint: 'Erst seine Aufgabe abbrechen.',
  },
  'model/damaged': {
    message:
      'Die Datei {file} ist abgeschnitten, verändert oder nicht vom Studio geschrieben; das Modell wurde nicht geladen. Die Label betrifft das nicht.',
    hint: 'Das Modell neu trainieren; sein Plan sagt, wie es entstand.',
  },
  'model/missing': {
    message:
      'Die Dateien dieses Modells sind nicht da, also kann es nichts vorschlagen. Die Label betrifft das nicht.',
    hint: 'Das Modell neu trainieren; sein Plan sagt, wie es entstand.',
  },
  'model/none': {
    message: 'In diesem Projekt gibt es noch kein trainiertes Modell.',
    hint: 'Erst eines trainieren.',
  },
  'model/unknown': {
    message: 'Dieses Projekt hat kein solches Modell.',
    hint: 'Eines aus der Liste der Modelle wählen.',
  },
  'evaluate/no-images': {
    message: 'Kein gelabeltes Bild ist da, an dem das Modell beurteilt werden könnte.',
    hint: 'Erst Bilder labeln, oder auf allen gelabelten Bildern auswerten.',
  },
  'features/damaged': {
    message: 'Gespeicherte Merkmale eines Fotos sind abgeschnitten. Fotos und Label betrifft das nicht.',
    hint: 'Die Merkmale neu berechnen: Nur was fehlt, wird berechnet.',
  },
  'split/test-locked': {
    message:
      'Die Testseite ist gesperrt, deshalb darf kein Foto hinzukommen oder weggehen. Nichts wurde geändert.',
    hint: 'Sie erst unter „Daten“ entsperren; Zahlen früherer Modelle sind dann nicht mehr vergleichbar.',
  },
  'request/too-large': {
    message: 'Die Anfrage ist größer als 256 MB und wurde abgelehnt.',
    hint: 'In kleineren Teilen vorgehen.',
  },
  'internal/unexpected': {
    message: 'Etwas Unerwartetes hielt diesen Schritt an.',
    hint: 'Gespeichertes ist heil. Es noch einmal versuchen; kommt es wieder vor, `catchlight doctor` ausführen und melden, was es ausgibt.',
  },
};
