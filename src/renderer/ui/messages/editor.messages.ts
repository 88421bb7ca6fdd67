/** Texts of the canvas editor: what its commands are called (`do.` and the command's id) and what it has to tell (`notice.` and the code). */
export const editorMessages = {
  'do.tool.select': 'Select and edit',
  'do.tool.box': 'Draw box',
  'do.tool.pan': 'Pan',

  'do.view.fit': 'Fit to window',
  'do.view.actualSize': 'Zoom to 100 %',
  'do.view.zoomIn': 'Zoom in',
  'do.view.zoomOut': 'Zoom out',
  'do.view.zoomToBox': 'Zoom to selected box',
  'do.view.hide': 'Hide boxes while held',
  'do.layer.predictions': 'Show or hide suggestions',
  'do.layer.boxes': 'Show or hide labels',
  'do.layer.heatmap': 'Show or hide heat map',

  'do.select.next': 'Select next box',
  'do.select.previous': 'Select previous box',
  'do.select.none': 'Select nothing',

  'do.class.1': 'Class 1',
  'do.class.2': 'Class 2',
  'do.class.3': 'Class 3',
  'do.class.4': 'Class 4',
  'do.class.5': 'Class 5',
  'do.class.6': 'Class 6',
  'do.class.7': 'Class 7',
  'do.class.8': 'Class 8',
  'do.class.9': 'Class 9',
  'do.class.0': 'Class 10',

  'do.box.delete': 'Delete selected boxes',
  'do.box.deleteAll': 'Delete all boxes on this image',
  'do.box.nudge.left': 'Move box left 1 px',
  'do.box.nudge.right': 'Move box right 1 px',
  'do.box.nudge.up': 'Move box up 1 px',
  'do.box.nudge.down': 'Move box down 1 px',
  'do.box.nudge.left10': 'Move box left 10 px',
  'do.box.nudge.right10': 'Move box right 10 px',
  'do.box.nudge.up10': 'Move box up 10 px',
  'do.box.nudge.down10': 'Move box down 10 px',
  'do.box.stretch.left': 'Move right edge left 1 px',
  'do.box.stretch.right': 'Move right edge right 1 px',
  'do.box.stretch.up': 'Move bottom edge up 1 px',
  'do.box.stretch.down': 'Move bottom edge down 1 px',
  'do.box.stretch.left10': 'Move right edge left 10 px',
  'do.box.stretch.right10': 'Move right edge right 10 px',
  'do.box.stretch.up10': 'Move bottom edge up 10 px',
  'do.box.stretch.down10': 'Move bottom edge down 10 px',

  'do.history.undo': 'Undo',
  'do.history.redo': 'Redo',

  'do.image.markEmpty': 'Mark image: no fish',
  'do.image.markReviewed': 'Mark image: reviewed',

  'do.prediction.accept': 'Accept suggestion',
  'do.prediction.reject': 'Reject suggestion',
  'do.prediction.unsure': 'Not sure about suggestion',
  'do.prediction.acceptAll': 'Accept all suggestions above the cut',
  'do.prediction.next': 'Next suggestion',
  'do.prediction.previous': 'Previous suggestion',
  'do.cut.lower': 'Lower the confidence cut',
  'do.cut.raise': 'Raise the confidence cut',

  'notice.class/none':
    'The project has no classes yet, so there is nothing to call a box. Add a class in the panel on the right, then draw.',
  'notice.image/has-boxes': {
    one: 'This image has {n} labelled box, so it was not marked as having no fish. Delete the box first (Ctrl+Delete), then press N.',
    other:
      'This image has {n} labelled boxes, so it was not marked as having no fish. Delete the boxes first (Ctrl+Delete), then press N.',
  },
  'notice.image/no-boxes':
    'This image has no boxes, so there is nothing to mark as reviewed. If there is no fish on it, press N.',
} as const;
