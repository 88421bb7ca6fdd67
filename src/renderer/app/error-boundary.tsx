/** Catches a fault in drawing the window, so that one broken view does not leave a blank page. Labels are with the host already. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { t } from '../ui/messages.ts';
import { ErrorNote } from '../ui/notes.tsx';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { fault: string | null }> {
  override state: { fault: string | null } = { fault: null };

  static getDerivedStateFromError(fault: unknown): { fault: string } {
    return { fault: fault instanceof Error ? fault.message : String(fault) };
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    return (
      <div style={{ padding: 24, maxWidth: 720, display: 'grid', gap: 12 }}>
        <ErrorNote
          error={{
            code: 'window/fault',
            message: t('error.window', { fault: this.state.fault }),
            hint: t('error.windowHint'),
            details: {},
          }}
        />
        <div>
          <Button onClick={() => this.setState({ fault: null })}>{t('action.showAgain')}</Button>
        </div>
      </div>
    );
  }
}
