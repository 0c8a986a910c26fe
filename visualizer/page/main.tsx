import { createRoot } from 'react-dom/client';
import { connect } from './api.ts';
import { App } from './app.tsx';
import { readLanguage } from './language.ts';
import { store } from './store.ts';
import './styles/base.css';
import './styles/terminal.css';
import './styles/tray.css';
import './styles/chart.css';
import './styles/lanes.css';
import './styles/coverage.css';
import './styles/timeline.css';

store.set({ language: readLanguage() });
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(<App />);
connect().catch(() => store.set({ link: 'lost' }));
