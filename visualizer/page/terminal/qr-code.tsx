import { encodeQR } from 'qr';
import { type ReactNode, useMemo } from 'react';

const MARGIN = 2;

/** What the customer's phone would scan. */
export function QrCode({ text }: { readonly text: string }): ReactNode {
  const modules = useMemo(() => encodeQR(text, 'raw', { border: MARGIN }), [text]);
  const size = modules.length;
  const path = modules.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR">
      <rect width={size} height={size} className="qr-light" />
      <path d={path} className="qr-dark" />
    </svg>
  );
}
