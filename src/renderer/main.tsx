/** Starts the window: puts the app into the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { loadPreferences } from './app/preferences.ts';

const root = document.getElementById('root');
if (root !== null) {
  // Texts and keys are asked for before anything is drawn, so that nothing changes under the hand.
  await loadPreferences();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
