import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { AlertMatcher } from "../../../alert/alert-matcher.js";
import type { ActiveAlertView, AlertsView } from "../../../alert/alert-view.js";
import { AlertAcknowledge } from "./alert-acknowledge.js";
import { SilenceDialog } from "./silence-dialog.js";

/** What a reader can do about alerts. */
export interface AlertActions {
  acknowledge(alert: ActiveAlertView): void;
  /** Opens the form of a new silence with these. */
  silence(matchers: readonly AlertMatcher[]): void;
  /** To be drawn, outside of what may go away while it is open. */
  dialog: ComponentChildren;
}

type Doing = { what: "acknowledge"; alert: ActiveAlertView } | { what: "silence"; matchers: readonly AlertMatcher[] };

export function useAlertActions(alerts: AlertsView | undefined): AlertActions {
  const [doing, setDoing] = useState<Doing>();
  const onClose = (): void => setDoing(undefined);
  return {
    acknowledge: (alert) => setDoing({ what: "acknowledge", alert }),
    silence: (matchers) => setDoing({ what: "silence", matchers }),
    dialog:
      doing?.what === "acknowledge" ? (
        <AlertAcknowledge alert={doing.alert} onClose={onClose} />
      ) : (
        doing && <SilenceDialog matchers={doing.matchers} active={alerts?.active ?? []} onClose={onClose} />
      ),
  };
}
