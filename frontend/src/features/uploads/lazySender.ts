/** A sender that brings the tus library when the first file leaves: a page on which nobody adds anything goes without. */
import type { Send, Sending, TusOptions } from './tusSender';

export function createLazySender(options: TusOptions = {}): Send {
  let loading: Promise<Send> | undefined;

  return (entry, file, sha256, listener) => {
    let sending: Sending | undefined;
    let stopped = false;
    loading ??= import('./tusSender').then((module) => module.createTusSender(options));
    loading.then(
      (send) => {
        if (!stopped) sending = send(entry, file, sha256, listener);
      },
      () => {
        loading = undefined;
        if (!stopped) listener.failed({ status: 0, detail: null, key: null });
      },
    );
    return {
      pause: () => {
        stopped = true;
        sending?.pause();
      },
      cancel: () => {
        stopped = true;
        sending?.cancel();
      },
    };
  };
}
