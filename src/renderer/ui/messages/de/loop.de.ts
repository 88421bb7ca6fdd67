/** German: the loop of reviewing and learning again. */
export const loopDe = {
  'review.order.disagreement': 'Zwei Modelle uneins',
  'review.order.class': 'Klasse für Klasse',
  'review.list': 'Welche Vorschläge',
  'review.list.waiting': 'Offene',
  'review.list.unsure': 'Unsichere ({n})',
  'review.class': 'Klasse',
  'review.class.all': 'Alle Klassen',
  'review.split': 'Teil',
  'review.groups': 'Gruppe',
  'review.split.all': 'Alle Fotos',
  'review.split.train': 'Training',
  'review.split.valid': 'Validierung',
  'review.split.test': 'Test',
  'review.drawn': 'Zufällig gezogen',
  'review.drawnText':
    'Dieses Foto wurde zufällig gezogen: Aus solchen kommen die Zahlen für alle Vorschläge.',
  'review.lookOver': 'Fehlt auf diesem Foto etwas?',
  'review.lookOverText': 'Zeichnen, worauf kein Vorschlag zeigt. Dann gilt es als geprüft.',
  'review.complete': 'Nichts fehlt',
  'review.completeLabel': 'Ein zufällig gezogenes Foto durchsehen',
  'review.standing': 'Alle Vorschläge, geschätzt',
  'review.standingText':
    'Aus zufällig gezogenen, ganz durchgesehenen Fotos, mit 95-%-Intervallen. Fotos, aus denen das Modell lernte, sind nicht dabei.',
  'review.estimate.precision': 'Richtig',
  'review.estimate.recall': 'Fische gefunden',
  'review.estimate.range': '{low}–{high} %',
  'review.estimate.from': { one: 'Aus {n} Foto.', other: 'Aus {n} Fotos.' },
  'review.estimate.few': {
    one: '{n} weiteres zufällig gezogenes Foto ist nötig.',
    other: '{n} weitere zufällig gezogene Fotos sind nötig.',
  },
  'review.share': 'Anteil zufällig gezogener',
  'review.oneFish': 'Höchstens ein Fisch je Foto',
  'review.oneFishText':
    'Je Foto wird nur der sicherste Vorschlag gefragt, nach einer Ablehnung der nächste, und keiner, wo ein Fisch gelabelt ist.',
  'review.stop.answered': 'Genug: Bei diesem Score ist nichts offen.',
  'review.stop.few-left': 'Genug: Im Rest stecken höchstens {n} Fische, 5 % von allen oder weniger.',
  'review.stop.sure': 'Genug: Mindestens 95 % des Rests sind richtig. Den Rest in einem Schritt annehmen.',
  'review.stop.not-worth':
    'Genug: Höchstens {n} der offenen sind richtig. Diese zu zeichnen geht schneller, als alle zu beantworten.',
  'review.stop.go-on': 'Weitermachen lohnt sich: Bis zu {n} der offenen sind richtig.',
  'review.worthCut': 'Score {cut} spart am meisten Zeit',
  'review.worthCutText': {
    one: 'Auf {n} durchgesehenen oder von Hand gezeichneten Foto: gesparte Zeit durch richtige gegen verlorene durch falsche Vorschläge.',
    other:
      'Auf {n} durchgesehenen oder von Hand gezeichneten Fotos: gesparte Zeit durch richtige gegen verlorene durch falsche Vorschläge.',
  },
  'review.session': 'Diese Sitzung',
  'review.session.answers': { one: '{n} Antwort', other: '{n} Antworten' },
  'review.session.time': '{time}, je {each} s',
  'review.backToWaiting': 'Zurück zu den offenen',
  'review.nothingUnsure': 'Nichts wurde zurückgestellt',
  'review.nothingUnsureText':
    'U stellt einen Vorschlag zurück, der jetzt nicht zu beantworten ist. Er wartet hier.',

  'learn.title': 'Weiterlernen',
  'learn.text':
    'Trainiert im Hintergrund neu, während du antwortest: vom benutzten Modell aus, mit niedrigster Priorität. Training von Hand bricht es ab.',
  'learn.on': 'Weiterlernen',
  'learn.every': 'Nach so vielen Fotos',
  'learn.minutes': 'Minuten je Training',
  'learn.minutes.auto': 'nach Bedarf',
  'learn.switching': 'Wenn es trainiert ist',
  'learn.switching.ask': 'Anbieten',
  'learn.switching.when-not-worse': 'Benutzen, wenn nicht schlechter',
  'learn.progress': '{answered} von {every} Fotos bis zum nächsten Training',
  'learn.running': 'Im Hintergrund läuft ein Training.',
  'learn.noModel':
    'Ein erstes Modell von Hand trainieren; spätere lernen von dem aus weiter, das benutzt wird.',
  'learn.recipe':
    'Das benutzte Modell besteht aus anderen und lernt nicht selbst. Eines von diesen vorschlagen lassen.',
  'learn.offer': {
    one: '{name} hat aus {n} weiteren Foto gelernt.',
    other: '{name} hat aus {n} weiteren Fotos gelernt.',
  },
  'learn.offerFigures': '{figure} {before} → {after} auf denselben {n} Fotos.',
  'learn.offerAfter': '{figure} {after}; auf denselben Fotos gibt es keine alte Zahl.',
  'learn.offerUnknown': 'Zu wenige Fotos, um es zu beurteilen.',
  'learn.tookOver': {
    one: '{name} hat aus {n} weiteren Foto gelernt und schlägt jetzt vor.',
    other: '{name} hat aus {n} weiteren Fotos gelernt und schlägt jetzt vor.',
  },
  'learn.keep': 'Behalten',
  'learn.back': 'Zurück zu {name}',
  'learn.use': 'Benutzen',
  'learn.notNow': 'Nicht jetzt',
} as const;
