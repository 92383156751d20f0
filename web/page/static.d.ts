/** What the page's modules in `vinchar/service/static/` export that is used here. */

type Values = Record<string, string | number>;

declare module '*/static/dom.js' {
  export function announce(key: string, values?: Values): void;
  export function make(tag: string, props?: Record<string, unknown>, ...children: (Node | string)[]): HTMLElement;
  export function button(key: string, icon: string | null, onclick: () => void, look?: string): HTMLButtonElement;
  export function notify(key: string, values?: Values): void;
}

declare module '*/static/handover.js' {
  export function handOver(files: File[], base: string): Promise<void>;
  export function takeOver(base: string): Promise<File[]>;
}

declare module '*/static/page.js' {
  export function begin(files: File[]): void;
  export function introduce(): Promise<void>;
}

declare module '*/static/texts.js' {
  export function say(element: Element, key: string, values?: Values): Element;
}
