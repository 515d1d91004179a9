// The report's page: the button for light and dark, and charts that are drawn when they come into view.
'use strict';
(() => {
  const root = document.documentElement;
  const button = document.getElementById('appearance');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const figures = [...document.querySelectorAll('figure')];
  const views = new Map(); // figure → what drew it

  // ---- Light and dark ------------------------------------------------------------------------------------------------

  const key = 'goldstone-appearance';
  const stored = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const isDark = () => (root.dataset.appearance ?? (system.matches ? 'dark' : 'light')) === 'dark';

  function nameButton() {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Show the page in ${isDark() ? 'light' : 'dark'} colours`);
  }

  if (['light', 'dark'].includes(stored())) root.dataset.appearance = stored();
  nameButton();
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.appearance = isDark() ? 'light' : 'dark';
    try { localStorage.setItem(key, root.dataset.appearance); } catch { /* not kept */ }
    nameButton();
    redraw();
  });
  system.addEventListener('change', () => { nameButton(); redraw(); });

  // ---- Printing shows what is folded away ------------------------------------------------------------------------------

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('main details:not([open])')].filter((one) => !one.closest('.chart'));
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => { for (const one of opened) one.open = false; });

  // ---- Charts ----------------------------------------------------------------------------------------------------------

  const program = document.getElementById('chart-program');
  if (!program) return;

  // The large program is read when the first chart is due.
  function load() {
    if (window.vegaEmbed) return;
    const script = document.createElement('script');
    script.textContent = `(() => { "use strict";\n${program.textContent}\n})();`;
    document.head.append(script);
    if (!window.vegaEmbed) throw new Error('the program that draws charts could not be read');
  }

  const isObject = (value) => value !== null && typeof value === 'object';
  const parts = (view) => view.concat ?? view.hconcat ?? view.vconcat;
  const units = (view) => (parts(view) ?? view.layer)?.flatMap(units) ?? [view];

  // A view made narrower by a factor: squares stay squares, and legends have fewer columns.
  function narrow(view, factor) {
    if (parts(view)) { for (const part of parts(view)) narrow(part, factor); return; }
    if (typeof view.width !== 'number') return;
    const drawn = units(view).find((unit) => unit.projection);
    if (drawn || view.height === view.width) view.height *= factor;
    view.width *= factor;
    for (const unit of units(view)) {
      if (unit.projection) unit.projection.scale *= factor;
      if (drawn && unit.mark?.fontSize) unit.mark.fontSize *= Math.max(0.7, factor);
      for (const channel of Object.values(unit.encoding ?? {})) {
        if (channel?.legend?.columns) channel.legend.columns = Math.max(1, Math.floor(channel.legend.columns * factor));
      }
    }
  }

  const widest = (view) => parts(view) ? Math.max(...parts(view).map(widest)) : view.width ?? 0;

  // Text over several lines where one would be too long; letters are about 0.55 of their size wide.
  function wrap(text, width, size) {
    const most = Math.max(12, Math.floor(width / (0.55 * size)));
    const lines = [''];
    for (const word of [text].flat().join(' ').split(' ')) {
      const line = lines[lines.length - 1];
      if (line && line.length + word.length + 1 > most) lines.push(word);
      else lines[lines.length - 1] = line ? `${line} ${word}` : word;
    }
    return lines.length > 1 ? lines : lines[0];
  }

  // Titles of panels, axes and legends that would be longer than what they stand at.
  function wrapTitles(view, isNarrow) {
    if (parts(view)) { for (const part of parts(view)) wrapTitles(part, isNarrow); return; }
    const width = view.width ?? 400, height = view.height ?? 300;
    if (isObject(view.title)) {
      if (view.title.text) view.title.text = wrap(view.title.text, width + 40, view.title.fontSize ?? 14);
      if (view.title.subtitle) view.title.subtitle = wrap(view.title.subtitle, width + 40, 12);
    }
    for (const unit of units(view)) {
      for (const [name, channel] of Object.entries(unit.encoding ?? {})) {
        if (channel?.axis?.title) channel.axis.title = wrap(channel.axis.title, name === 'x' ? width + 40 : height + 30, 14);
        const legend = channel?.legend;
        if (!legend?.gradientLength) continue;
        if (isNarrow) Object.assign(legend, { orient: 'bottom', direction: 'horizontal', gradientLength: 0.8 * width });
        if (legend.title) legend.title = wrap(legend.title, isNarrow ? width : 150, 13);
      }
    }
  }

  // As many panels side by side as there is room for where they are a little narrower.
  function arrange(specification, room) {
    if (!specification.concat) return;
    const columns = Math.max(1, Math.floor(room / (0.8 * widest(specification) + 80)));
    specification.columns = Math.min(specification.columns ?? Infinity, columns, specification.concat.length);
  }

  // Colours that are meant for white paper, where the ground is dark. Maps of colours keep theirs, with the words on them.
  const onDark = {
    'black': '#f0f0f0', '#000000': '#f0f0f0', '#222222': '#dddddd', '#777777': '#a8a8a8', '#0072B2': '#3e9ee5',
    'white': '#14171b',
  };
  function recolour(value) {
    for (const [name, part] of Object.entries(value)) {
      if (name === 'data') continue;
      if (isObject(part)) recolour(part);
      else if (onDark[part] && !['text', 'domain'].includes(name)) value[name] = onDark[part];
    }
  }
  function recolourPanels(view) {
    if (parts(view)) { for (const part of parts(view)) recolourPanels(part); return; }
    const isMap = units(view).some((unit) => {
      const channel = unit.encoding?.color;
      return channel?.scale?.scheme && !unit.projection;
    });
    if (!isMap) recolour(view);
  }

  // A click on a legend's entry leaves the others faint; dragging and the wheel with Ctrl move and widen the axes.
  function interact(view, path, canHover) {
    if (parts(view)) { parts(view).forEach((part, index) => interact(part, `${path}_${index}`, canHover)); return; }
    const layers = units(view);
    const named = layers.filter((unit) => ['stroke', 'color', 'fill'].some(
      (channel) => unit.encoding?.[channel]?.field === 'name' && unit.encoding[channel].legend !== null));
    const names = named[0] && Object.values(named[0].encoding).find((channel) => channel?.field === 'name').scale?.domain;
    if (names?.length > 1) {
      named[0].params = [{ name: `picked${path}`, select: { type: 'point', fields: ['name'] }, bind: 'legend' }];
      for (const unit of named) {
        const usual = unit.mark.opacity ?? 1;
        unit.encoding.opacity ??= { condition: { param: `picked${path}`, value: usual }, value: usual * 0.12 };
      }
    }
    const curve = layers.find((unit) => unit.mark?.type === 'line' && unit.encoding?.x?.field && unit.encoding?.y?.field
      && unit.encoding.x.axis !== null);
    if (canHover && curve) {
      // Shift would scroll sideways; on a touchpad two fingers drawn apart come as Ctrl and the wheel.
      const wheel = 'wheel![event.ctrlKey || event.metaKey]';
      curve.params = [...(curve.params ?? []),
        { name: `seen${path}`, select: { type: 'interval', zoom: wheel }, bind: 'scales' }];
    }
  }

  function style(dark) {
    const ink = dark ? '#e7eaee' : '#222222', faint = dark ? '#a4adb8' : '#555555';
    const line = dark ? '#8b949e' : '#444444', grid = dark ? '#30363d' : '#e6e6e6';
    return {
      background: 'transparent',
      mark: { tooltip: true },
      // Curves have no marks to point at: unseen ones.
      line: { point: { fill: 'black', fillOpacity: 0, strokeOpacity: 0, size: 90 } },
      area: { tooltip: null },
      tooltipFormat: { numberFormat: '.5~g' },
      axis: { gridColor: grid, domainColor: line, tickColor: line, labelColor: ink, titleColor: ink },
      legend: { labelColor: ink, titleColor: ink },
      title: { color: ink, subtitleColor: faint },
      text: { color: ink },
    };
  }

  // Two levels deep.
  const merged = (a, b) => Object.fromEntries([...new Set([...Object.keys(a ?? {}), ...Object.keys(b)])].map(
    (name) => [name, isObject(a?.[name]) && isObject(b[name]) ? { ...a[name], ...b[name] } : b[name] ?? a?.[name]]));

  function prepared(figure, factor, room, isNarrow) {
    const specification = JSON.parse(figure.querySelector('.specification').textContent);
    const canHover = matchMedia('(hover: hover) and (pointer: fine)').matches;
    // The caption says it, and wraps.
    delete specification.title;
    delete specification.$schema; // whose number it need not compare with its own
    delete specification.background;
    specification.padding = 4;
    specification.description = figure.querySelector('.chart').dataset.words;
    specification.config = merged(specification.config, style(isDark()));
    arrange(specification, room);
    if (factor < 1) narrow(specification, factor);
    wrapTitles(specification, isNarrow);
    if (isNarrow) {
      const legend = { columns: 1, labelFontSize: 12, labelLimit: room - 110 };
      specification.config = merged(specification.config, { legend });
    }
    nameFields(specification);
    interact(specification, '', canHover);
    if (isDark()) recolourPanels(specification);
    return specification;
  }

  // What tooltips call a field: its axis' words.
  function nameFields(view) {
    for (const unit of (parts(view) ?? view.layer ?? [])) nameFields(unit);
    for (const channel of ['x', 'y']) {
      const definition = view.encoding?.[channel];
      if (definition?.axis?.title) definition.title ??= [definition.axis.title].flat().join(' ');
    }
  }

  // The fields of a row but those that only order or group it.
  function tooltip(row, sanitize) {
    const rows = Object.entries(row)
      .filter(([name, value]) => !['index', 'series', 'line'].includes(name) && ![null, undefined, 'null'].includes(value))
      .map(([name, value]) => [['name', 'style'].includes(name) ? '' : sanitize(name), sanitize(value)])
      .map(([name, value]) => `<tr><td class="key">${name}</td><td class="value">${value}</td></tr>`);
    return `<table>${rows.join('')}</table>`;
  }

  // Legends below each other.
  function stacked(compiled) {
    const layout = { bottom: { direction: 'vertical', anchor: 'start' } };
    return { ...compiled, config: merged(compiled.config, { legend: { layout } }) };
  }

  async function draw(figure) {
    const target = figure.querySelector('.chart');
    const box = figure.querySelector('.drawing');
    load();
    const isNarrow = box.clientWidth < 640;
    const room = isNarrow ? box.clientWidth : box.clientWidth - 40; // beside it the menu
    let factor = 1, hadFocus = false;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      hadFocus ||= target.contains(document.activeElement);
      views.get(figure)?.finalize();
      const drawn = await window.vegaEmbed(target, prepared(figure, factor, room, isNarrow), {
        renderer: 'svg', mode: 'vega-lite', downloadFileName: figure.id,
        patch: (compiled) => isNarrow ? stacked(compiled) : compiled,
        actions: isNarrow ? false : { export: true, source: false, compiled: false, editor: false },
        tooltip: { theme: isDark() ? 'dark' : 'light', formatTooltip: tooltip },
      });
      views.set(figure, drawn);
      figure.classList.add('drawn');
      const width = Number(target.querySelector('svg').getAttribute('width'));
      if (width <= room || factor < 0.4) break;
      factor *= Math.min(0.97, (room - 90) / (width - 90));
    }
    // Who reads by the keyboard goes on from here, not from the top.
    if (hadFocus && document.activeElement === document.body) {
      (target.querySelector('summary') ?? box).focus({ preventScroll: true });
    }
  }

  // One at a time, so that the page answers in between.
  let queue = Promise.resolve();
  const waiting = new Set();
  const main = document.getElementById('main');
  function enqueue(figure) {
    if (waiting.has(figure)) return;
    waiting.add(figure);
    main.setAttribute('aria-busy', 'true');
    queue = queue.then(async () => {
      waiting.delete(figure);
      try {
        await draw(figure);
      } catch (error) {
        // The picture stays.
        figure.classList.remove('drawn');
        console.error(`${figure.id}: ${error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve));
      if (waiting.size === 0) main.removeAttribute('aria-busy');
    });
  }

  function redraw() { for (const figure of views.keys()) enqueue(figure); }

  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      enqueue(target);
    }
  }, { rootMargin: '300px' });
  for (const figure of figures) watcher.observe(figure);

  let width = innerWidth, timer;
  addEventListener('resize', () => {
    if (innerWidth === width) return; // a phone's bars come and go
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(redraw, 200);
  });
})();
