/** Small pieces that every view uses. */
import { type ReactNode, useRef } from 'react';
import { type Language, useStore } from './store.ts';
import { textIn, type TextId } from './texts.ts';

export function useText(): (id: TextId) => string {
  return textIn(useStore(({ state }) => state.language));
}

export function useLanguage(): Language {
  return useStore(({ state }) => state.language);
}

/** Whether hands can do anything: a live session that stands at its newest event. */
export function useHands(): boolean {
  return useStore(({ state }) => state.link === 'live' && state.cursor === undefined);
}

interface ButtonProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly isOff?: boolean | undefined;
  readonly kind?: string;
  readonly title?: string | undefined;
  readonly isPressed?: boolean | undefined;
}

export function Button({ onClick, children, isOff, kind, title, isPressed }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={kind === undefined ? 'button' : `button ${kind}`}
      onClick={(event) => {
        // Who clicks with a pointer goes on typing at the terminal: Enter must not press this button again.
        if (event.detail > 0) event.currentTarget.blur();
        onClick();
      }}
      disabled={isOff}
      title={title}
      aria-pressed={isPressed}
    >
      {children}
    </button>
  );
}

/** A button that does nothing while the page shows the past or a file. */
export function HandButton({ isOff, ...rest }: ButtonProps): ReactNode {
  return <Button {...rest} isOff={!useHands() || isOff === true} />;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

export function Select({ label, value, options, onChange }: SelectProps): ReactNode {
  const isByPointer = useRef(false);
  return (
    <label className="field">
      <span>{label}</span>
      <select
        value={value}
        onPointerDown={() => (isByPointer.current = true)}
        onKeyDown={() => (isByPointer.current = false)}
        onChange={({ target }) => {
          // As with a button: what is typed next is meant for the terminal.
          if (isByPointer.current) target.blur();
          onChange(target.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly kind?: string;
}

export function Panel({ title, children, kind }: PanelProps): ReactNode {
  return (
    <section className={`panel ${kind ?? ''}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
