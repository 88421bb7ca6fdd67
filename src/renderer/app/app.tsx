/** The whole window: theme, cache, the line to the host, and the shell with its places. */
import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import './global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { listenToHost } from '../api/events.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Shell } from './shell.tsx';
import { theme } from './theme.ts';

// Events say when something changed, so nothing is asked twice by habit. The host is on this machine: a browser that calls itself offline
// (a boat at sea, a cable pulled) still reaches it, so `networkMode` never waits for a network.
const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: 2,
      retryDelay: 400,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

const colorScheme = localStorageColorSchemeManager({ key: 'catchlight-color-scheme' });

export function App(): ReactElement {
  useEffect(() => listenToHost(cache), []);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorScheme}>
      <ErrorBoundary>
        <QueryClientProvider client={cache}>
          <Shell />
        </QueryClientProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}
