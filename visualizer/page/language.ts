import { type Language, store } from './store.ts';

const KEY = 'fenqi-language';

/** The language chosen last time, else that of the browser. */
export function readLanguage(): Language {
  const chosen = localStorage.getItem(KEY);
  const language = chosen === 'zh' || chosen === 'en' ? chosen : navigator.language.startsWith('zh') ? 'zh' : 'en';
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  return language;
}

export function switchLanguage(): void {
  const language = store.state.language === 'zh' ? 'en' : 'zh';
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  store.set({ language });
}
