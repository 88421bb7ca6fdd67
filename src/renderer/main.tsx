/** Starts the window: puts the app into the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { chooseLanguage } from './app/language.ts';
import { loadPreferences } from './app/preferences.ts';
import { readLanguage, setLanguage } from './ui/messages.ts';

const root = document.getElementById('root');
if (root !== null) {
  // Texts and keys are asked for before anything is drawn, so that nothing changes under the hand.
  const { language } = await loadPreferences();
  setLanguage(chooseLanguage(language, navigator.languages));
  document.documentElement.lang = readLanguage();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
