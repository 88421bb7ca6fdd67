/** The frame around all places: top bar, the place itself, job strip; and what lies over them. */
import { type ReactElement, Suspense, useEffect } from 'react';
import { useProject } from '../api/queries.ts';
import { AnnotatePlace } from '../features/annotate/annotate-place.tsx';
import { ComparePlace } from '../features/compare/compare-place.tsx';
import { DataPlace } from '../features/data/data-place.tsx';
import { ExportPlace } from '../features/export/export-place.tsx';
import { WelcomePlace } from '../features/projects/welcome-place.tsx';
import { ReviewPlace } from '../features/review/review-place.tsx';
import { TrainPlace } from '../features/train/train-place.tsx';
import { t } from '../ui/messages.ts';
import { Waiting } from '../ui/notes.tsx';
import { Announcer } from './announcer.tsx';
import { CheatSheet } from './cheat-sheet.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { DropTarget } from './drop-target.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { JobStrip } from './job-strip.tsx';
import { useActions } from './keymap.ts';
import { LabelSessionProvider } from './label-session-provider.tsx';
import { goToPane } from './panes.ts';
import { goTo, type Route, useRoute } from './route.ts';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';

// The same elements at each drawing: going from image to image draws none of them anew.
const banner = <ConnectionBanner />;
const jobs = <JobStrip />;
const overlays = (
  <>
    <CommandPalette />
    <CheatSheet />
    <Announcer />
    <DropTarget />
  </>
);

export function Shell(): ReactElement {
  const route = useRoute();
  const project = useProject();
  useActions({ 'window.nextPane': () => goToPane(1), 'window.previousPane': () => goToPane(-1) });
  const isOpen = project.data !== null && project.data !== undefined;
  useEffect(() => {
    if (project.data === null && route.place !== 'welcome') goTo('welcome');
  }, [project.data, route.place]);
  const name = project.data?.name;
  useEffect(() => {
    document.title = name === undefined ? 'Catchlight' : `${name} · Catchlight`;
  }, [name]);
  return (
    <LabelSessionProvider projectPath={project.data?.path ?? null}>
      <div className={styles.shell}>
        <TopBar place={route.place} name={name ?? null} />
        {banner}
        <main className={styles.place} id="place">
          <ErrorBoundary key={route.place}>
            <Suspense fallback={<Waiting label={t('action.loading')} />}>
              {project.isPending ? (
                <Waiting label={t('action.loading')} />
              ) : (
                <PlaceView route={route} isOpen={isOpen} />
              )}
            </Suspense>
          </ErrorBoundary>
        </main>
        {jobs}
      </div>
      {overlays}
    </LabelSessionProvider>
  );
}

function PlaceView({ route, isOpen }: { route: Route; isOpen: boolean }): ReactElement {
  if (!isOpen || route.place === 'welcome') return <WelcomePlace />;
  if (route.place === 'annotate') return <AnnotatePlace imageId={route.imageId} />;
  if (route.place === 'data') return <DataPlace />;
  if (route.place === 'train') return <TrainPlace />;
  if (route.place === 'review') return <ReviewPlace />;
  if (route.place === 'compare') return <ComparePlace />;
  return <ExportPlace />;
}
