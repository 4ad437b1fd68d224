import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { say } from "../language.js";
import "./form-dialog.css";

interface FormDialogProps {
  title: string;
  /** What the button says that does it. */
  action: string;
  /** It cannot be undone. */
  isFinal?: boolean;
  /** It cannot be left meanwhile. @returns what the server said against it; undefined when it is done */
  onSubmit(): Promise<string | undefined>;
  /** It is closed, done or not. */
  onClose(): void;
  children: ComponentChildren;
}

/** A form that is asked before something is done. It is open as long as it is there; Escape closes it. */
export function FormDialog({ title, action, isFinal = false, onSubmit, onClose, children }: FormDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
    // What is filled in already is rarely what a reader came to write.
    const inputs = [...(dialog.current?.querySelectorAll("input") ?? [])];
    inputs.find(({ value }) => value === "")?.focus();
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const refused = await onSubmit();
    setBusy(false);
    setFailure(refused);
    if (refused === undefined) dialog.current?.close();
  }

  return (
    <dialog
      ref={dialog}
      class="form-dialog"
      aria-labelledby={titleId}
      // A browser lets the second Escape through whatever became of the first, unless told here.
      closedby={busy ? "none" : "closerequest"}
      onCancel={(event) => busy && event.preventDefault()}
      onClose={onClose}
    >
      <form onSubmit={submit} aria-busy={busy}>
        <h2 id={titleId}>{title}</h2>
        {children}
        <p class="error-text" role="alert">
          {failure}
        </p>
        <div class="form-buttons">
          {/* Disabled in words alone: a button that is disabled loses the focus. */}
          <button
            type="button"
            class="plain"
            aria-disabled={busy}
            onClick={() => {
              if (!busy) dialog.current?.close();
            }}
          >
            {say({ en: "Cancel", zh: "取消" })}
          </button>
          <button type="submit" class={isFinal ? "primary final" : "primary"} aria-disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
