// Draws the figures of a report: one theme for light, one for dark; as wide as there is room.
'use strict';
(() => {
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const themes = data('themes');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const places = [...document.querySelectorAll('[data-spec]')].map((element) => ({
    element,
    spec: data(element.dataset.spec),
    view: null,
    width: 0,
  }));

  // A specification says in usermeta.pushpull how it fits a width: `aspect` and `extra` of its height,
  // the `panel` width of small multiples, or the width of `labels` beside panels that stand one below
  // the other; without any of it, it keeps its own. A parameter `room` is told the width before
  // anything is laid out.
  function fitted(spec, width) {
    const { title, ...fit } = spec;
    if (!spec.usermeta?.pushpull) return fit;
    const { aspect, extra = 0, panel, labels } = spec.usermeta.pushpull;
    if (panel) {
      const gap = fit.spacing.column;
      const room = width - 64;
      const columns = Math.max(1, Math.min(3, Math.floor((room + gap) / (panel * 0.85 + gap))));
      return { ...fit, columns, spec: { ...fit.spec, width: Math.floor((room - gap * (columns - 1)) / columns) } };
    }
    if (fit.vconcat) {
      const room = Math.max(240, width - labels - 16);
      return { ...fit, vconcat: fit.vconcat.map((panel) => ({ ...panel, width: room })) };
    }
    const params = fit.params?.map((p) => (p.name === 'room' ? { ...p, value: width } : p));
    return { ...fit, ...(params && { params }), width, height: aspect ? Math.round(width * aspect + extra) : fit.height };
  }

  async function draw(place, printing) {
    const { element, spec } = place;
    const width = element.clientWidth;
    const theme = dark.matches && !printing ? 'dark' : 'light';
    const config = themes[theme];
    const year = place.view?.signal('year');
    place.width = width;
    place.view?.finalize();
    const { view } = await vegaEmbed(element, { ...fitted(spec, width), config }, {
      actions: false,
      ast: true,
      logLevel: vega.Error,
      renderer: 'svg',
      tooltip: { theme },
      config: { background: 'transparent' },
    });
    const drawing = element.querySelector('svg');
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', spec.description);
    place.view = view;
    if (year !== undefined) view.signal('year', year).run();
    element.classList.add('is-drawn');
  }

  const drawAll = (printing) => Promise.all(places.map((place) => draw(place, printing)));
  let timer;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const place of places) {
        if (place.element.clientWidth !== place.width) draw(place);
      }
    }, 150);
  });
  dark.addEventListener('change', () => drawAll());
  addEventListener('beforeprint', () => drawAll(true));
  addEventListener('afterprint', () => drawAll());
  drawAll();
})();
