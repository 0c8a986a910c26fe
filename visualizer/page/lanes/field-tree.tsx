import type { ReactNode } from 'react';
import type { Field, TraceEvent } from '../../model/trace.ts';
import { useText } from '../parts.tsx';

/** Groups deeper than this are closed until somebody opens them. */
const OPEN_DEPTH = 2;

/** Everything that an event says, as a tree. */
export function FieldTree({ event }: { readonly event: TraceEvent }): ReactNode {
  const text = useText();
  if (event.kind === 'slip') {
    return event.png === undefined ? (
      <pre className="slip">{event.lines.join('\n')}</pre>
    ) : (
      <img className="slip" src={`data:image/png;base64,${event.png}`} alt={event.lines.join(' ')} />
    );
  }
  const fields = fieldsOfEvent(event);
  return fields.length === 0 ? <p className="muted">{text('noFields')}</p> : <Fields fields={fields} depth={0} />;
}

function Fields({ fields, depth }: { readonly fields: readonly Field[]; readonly depth: number }): ReactNode {
  return (
    <ul className="fields">
      {fields.map((field, index) => (
        <li key={`${field.name} ${index}`}>
          {field.children === undefined ? (
            <FieldLine field={field} />
          ) : (
            <details open={depth < OPEN_DEPTH}>
              <summary>
                <FieldLine field={field} />
              </summary>
              <Fields fields={field.children} depth={depth + 1} />
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

function FieldLine({ field: { name, value, note } }: { readonly field: Field }): ReactNode {
  return (
    <>
      <span className="field-name">{name}</span>
      {value !== undefined && <code className="field-value">{value}</code>}
      {note !== undefined && <span className="field-note">{note}</span>}
    </>
  );
}

function fieldsOfEvent(event: TraceEvent): readonly Field[] {
  if (event.kind === 'message' || event.kind === 'frame' || event.kind === 'record') return event.fields;
  if (event.kind === 'screen') return fieldsOf(event.screen);
  if (event.kind === 'step') return fieldsOf(event.step);
  if (event.kind === 'act') return fieldsOf(event.act);
  const { seq: _seq, atMs: _atMs, kind: _kind, lane: _lane, ...rest } = event;
  return fieldsOf(rest);
}

/** Any value as fields; the members of a list are named by their numbers. */
function fieldsOf(value: object): readonly Field[] {
  return Object.entries(value).map(([name, each]: [string, unknown]) =>
    typeof each === 'object' && each !== null ? { name, children: fieldsOf(each) } : { name, value: String(each) },
  );
}
