/** Making code that came as text a part of the page: its module, and its styles wherever its views stand. */
import type { Bundle, Code } from "./shelf";

export async function importCode({ js, css }: Code): Promise<Bundle> {
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  try {
    const bundle: Bundle = (await import(/* webpackIgnore: true */ url)).default;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    wear(sheet, document);
    return {
      render(props) {
        dressShadow(sheet, props.el);
        return bundle.render(props);
      },
    };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A view in a shadow root sees no style of the page; which root it has is known when it is attached, by the next frame. */
function dressShadow(sheet: CSSStyleSheet, el: HTMLElement): void {
  const dress = () => {
    const root = el.getRootNode();
    if (root instanceof ShadowRoot) wear(sheet, root);
  };
  dress();
  if (!el.isConnected) requestAnimationFrame(dress);
}

function wear(sheet: CSSStyleSheet, root: Document | ShadowRoot): void {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
