import type { ReactNode } from 'react';
import type { Field, TraceEvent } from '../../model/trace.ts';

/** Everything that an event says, as a tree. */
export function FieldTree({ event }: { readonly event: TraceEvent }): ReactNode {
  if (event.kind === 'slip') {
    return event.png === undefined ? (
      <pre>{event.lines.join('\n')}</pre>
    ) : (
      <img className="slip" src={`data:image/png;base64,${event.png}`} alt={event.lines.join(' ')} />
    );
  }
  if (event.kind === 'screen')
    return <pre>{[event.screen.title, ...event.screen.lines, event.screen.hint].join('\n')}</pre>;
  if (event.kind === 'message' || event.kind === 'frame' || event.kind === 'record')
    return <Fields fields={event.fields} />;
  const { seq: _, atMs: __, kind: ___, lane: ____, ...rest } = event;
  return <Fields fields={fieldsOf(rest)} />;
}

function Fields({ fields }: { readonly fields: readonly Field[] }): ReactNode {
  if (fields.length === 0) return undefined;
  return (
    <ul className="fields">
      {fields.map((field, index) => (
        <li key={`${field.name}${index}`}>
          <span className="field-name">{field.name}</span>
          {field.value !== undefined && <span className="field-value">{field.value}</span>}
          {field.note !== undefined && <span className="muted">{field.note}</span>}
          {field.children !== undefined && <Fields fields={field.children} />}
        </li>
      ))}
    </ul>
  );
}

function fieldsOf(value: object): readonly Field[] {
  return Object.entries(value).map(([name, each]: [string, unknown]) =>
    typeof each === 'object' && each !== null ? { name, children: fieldsOf(each) } : { name, value: String(each) },
  );
}
