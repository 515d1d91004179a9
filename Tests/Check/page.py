"""Opens a report in a headless browser and checks what a reader would trip over: page.py REPORT.html [PICTURES]

On a desktop and on a phone, light and dark, with and without JavaScript: no complaint on the console, no request, every
chart drawn, no sideways scrolling, tables with captions and headings, everything within reach of the keyboard, text that
stands out. Pictures of the page and its print go to the folder PICTURES, to be looked at.
"""

import pathlib
import sys
import urllib.parse

import browser

failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


def as_list(found, what):
    """Fails with the elements found, where there are any."""
    check(not found, f"{what}: {', '.join(map(str, found[:8]))}{' …' if len(found) > 8 else ''}")


OPEN_ALL = "for (const one of document.querySelectorAll('main details:not(.vega-embed *)')) one.open = true"

# Each chart has one drawing of some size, in which marks are drawn.
UNDRAWN = """[...document.querySelectorAll('figure')].filter((figure) => {
  const drawings = figure.querySelectorAll('.chart svg.marks');
  if (!figure.classList.contains('drawn') || drawings.length !== 1) return true;
  const box = drawings[0].getBoundingClientRect();
  const marks = drawings[0].querySelectorAll('.role-mark path[d]:not([d=""]), .role-mark text');
  return box.width < 100 || box.height < 60 || marks.length === 0;
}).map((figure) => figure.id)"""

BAD_TABLES = """[...document.querySelectorAll('table')].filter((table) => !table.closest('.vega-embed')).filter((table) => {
  const headings = [...table.querySelectorAll('thead th')];
  const rows = [...table.querySelectorAll('tbody tr')];
  return !table.caption?.textContent.trim() || headings.length === 0
    || headings.some((one) => one.scope !== 'col' || !one.textContent.trim())
    || rows.some((row) => row.cells.length !== headings.length)
    || rows.some((row) => [...row.cells].some((one) => one.tagName === 'TH' && one.scope !== 'row'));
}).map((table) => table.id || table.outerHTML.slice(0, 80))"""

REPEATED_NAMES = """(() => {
  const names = [...document.querySelectorAll('[id]')].map((one) => one.id);
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
})()"""

NAMELESS = """[...document.querySelectorAll('img, button, a, nav, section, [role=region], [role=group]')].filter((one) => {
  if (one.closest('.vega-embed')) return false;
  const named = one.getAttribute('aria-labelledby');
  if (named) return !document.getElementById(named)?.textContent.trim();
  return !(one.alt ?? one.getAttribute('aria-label') ?? one.textContent).trim();
}).map((one) => one.outerHTML.slice(0, 80))"""

DEAD_ANCHORS = """[...document.querySelectorAll('a[href^="#"]')].filter((one) => !one.closest('.vega-embed')).map((one) => one.getAttribute('href'))
  .filter((one) => !document.getElementById(decodeURIComponent(one.slice(1))))"""

FILE_LINKS = """[...document.querySelectorAll('main a:not([href^="#"])')].filter((one) => !one.closest('.vega-embed'))
  .map((one) => one.getAttribute('href'))"""

TOO_WIDE = """[...document.querySelectorAll('body *')].filter((one) => !one.closest('.wide') && !one.closest('.skip')
  && one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.tagName} ${one.id || one.className} to ${Math.round(one.getBoundingClientRect().right)}`)"""

CHARTS_TOO_WIDE = """[...document.querySelectorAll('.drawn .drawing')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.closest('figure').id} ${one.scrollWidth} in ${one.clientWidth}`)"""

# WCAG 2's contrast of text with the ground behind it, where it is below 4.5.
FAINT = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const found = new Set();
  for (const one of document.querySelectorAll('body *, figure .chart svg text')) {
    const isDrawn = one instanceof SVGElement;
    if (isDrawn ? !one.matches('.role-axis text, .role-legend text') : one.closest('.vega-embed, script')) continue;
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(rgba(isDrawn ? style.fill : style.color)), light(ground(one))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) found.add(`${one.tagName} ${one.className} ${contrast.toFixed(2)}`);
  }
  return [...found];
})()"""

MISSING_PICTURES = """(async () => {
  const pictures = [...document.querySelectorAll('img.picture')];
  await Promise.all(pictures.map((one) => one.decode().catch(() => {})));
  return pictures.filter((one) => !one.naturalWidth || one.offsetHeight < 60).map((one) => one.closest('figure').id);
})()"""


def draw_all(page):
    """Scrolls through the page as a reader does, and waits for the charts."""
    page.run(OPEN_ALL)
    count = page.run("document.querySelectorAll('figure').length")
    for number in range(count):
        # Again and again: charts that grow above it push it out of sight.
        figure = f"document.querySelectorAll('figure')[{number}]"
        page.wait_until(
            f"{figure}.scrollIntoView({{ block: 'center' }}), {figure}.classList.contains('drawn')", 60,
            f"chart {number + 1}")
    settle(page)
    return count


def settle(page):
    """Waits for charts that are drawn again."""
    page.run("new Promise((resolve) => setTimeout(resolve, 400))")
    page.wait_until("document.querySelector('main').ariaBusy !== 'true'", 120, "drawing again")
    page.run("scrollTo(0, 0)")


def check_structure(page, report):
    check(page.run("document.documentElement.lang") == "en", "the page has no language")
    check(page.run("document.title.trim().length") > 0, "the page has no title")
    for name in ("header", "nav", "main", "h1"):
        check(page.run(f"document.querySelectorAll('{name}').length") == 1, f"not one {name}")
    as_list(page.run(BAD_TABLES), "tables without caption, headings or cells")
    as_list(page.run(REPEATED_NAMES), "identifiers given twice")
    as_list(page.run(NAMELESS), "elements without a name or alternative text")
    as_list(page.run(DEAD_ANCHORS), "links to nowhere in the page")
    paths = [urllib.parse.unquote(path) for path in page.run(FILE_LINKS)]
    as_list([path for path in paths if not (report.parent / path).is_file()], "links to files that are not there")


def check_keyboard(page):
    """Tab reaches the skip link, the button, the contents and every box that scrolls, and each is seen to be reached."""
    page.run("document.activeElement?.blur(); scrollTo(0, 0)")
    reached = []
    wanted = page.run("document.querySelectorAll('nav a, .wide[tabindex], main summary:not(.vega-embed *)').length") + 2
    # Links to files and the charts' menus lie between them.
    others = page.run("document.querySelectorAll('a[href], button, summary, [tabindex=\"0\"]').length")
    for _ in range(wanted + others + 20):
        page.press("Tab", 9)
        reached.append(page.run(
            """(() => { const one = document.activeElement, style = getComputedStyle(one);
            one.dataset.reached = 'yes';
            return [one.className || one.id || one.tagName, style.outlineStyle !== 'none']; })()"""))
        if reached[-1][0] == "BODY":
            break
    check(reached[0][0] == "skip" and reached[1][0] == "appearance", f"Tab begins with {reached[:2]}")
    as_list([name for name, seen in reached if not seen and name != "BODY"], "focus that is not seen")
    as_list(
        page.run("[...document.querySelectorAll('nav a, .wide[tabindex], main summary:not(.vega-embed *)')]"
                 ".filter((one) => !one.dataset.reached).map((one) => one.outerHTML.slice(0, 80))"),
        "not reached by Tab")
    # The button works by the keyboard, and twice is once back.
    for expected in ("dark", "light"):
        page.run("document.getElementById('appearance').focus()")
        page.press("Enter", 13)
        check(page.run("document.documentElement.dataset.appearance") == expected, f"the button does not give {expected}")
    settle(page)
    # A chart that is drawn again does not lose who is in it.
    inside = ".vega-embed summary"
    if page.run(f"document.querySelectorAll('{inside}').length"):
        page.run(f"""(() => {{ window.before = document.querySelector('{inside}'); before.focus();
            document.getElementById('appearance').click(); }})()""")
        page.wait_until(
            "!before.isConnected && document.querySelector('main').ariaBusy !== 'true'", 120, "a chart drawn again")
        check(page.run(f"document.activeElement === document.querySelector('{inside}')"),
              "a chart that is drawn again loses the keyboard's place")
        page.run("document.getElementById('appearance').click()")
    settle(page)
    page.run("localStorage.clear(); delete document.documentElement.dataset.appearance")


# A headless browser has no mouse that could hover; the page asks for one before it lets charts be moved.
WITH_MOUSE = """{
  const asked = matchMedia.bind(window);
  window.matchMedia = (query) => query.includes('hover: hover') ? { matches: !navigator.maxTouchPoints } : asked(query);
}"""


def check_interaction(page):
    """In the first chart of several curves: the legend picks, the wheel with Ctrl zooms, without it scrolls the page."""
    page.run("""for (const one of document.querySelectorAll('figure')) {
      if (one.querySelector('.mark-line') && one.querySelectorAll('.role-legend-symbol path').length > 1) {
        one.dataset.tried = 'yes';
        one.scrollIntoView({ block: 'center' });
        break;
      }
    }""")
    if not page.run("document.querySelectorAll('[data-tried]').length"):
        return
    def centre(selector):
        return page.run(
            f"""(() => {{ const box = document.querySelector('[data-tried] {selector}').getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]; }})()""")

    faint = "[...document.querySelectorAll('[data-tried] .mark-line path')].filter((one) => one.getAttribute('opacity') < 0.5)"
    before = page.run(f"{faint}.length")
    page.click(*centre(".role-legend-symbol path"))
    page.wait_until(f"{faint}.length > {before}", 5, "fainter curves after a click on the legend")
    labels = "[...document.querySelectorAll('[data-tried] .role-axis-label text')].map((one) => one.textContent).join()"
    before = page.run(labels)
    place = centre(".mark-line")
    page.mouse("mouseMoved", *place)
    page.mouse("mouseWheel", *place, deltaX=0, deltaY=-400, modifiers=2)
    page.wait_until(f"{labels} !== {before!r}", 5, "other axes after Ctrl and the wheel")
    before = page.run("scrollY")
    page.mouse("mouseWheel", *place, deltaX=0, deltaY=-200)
    page.wait_until(f"scrollY < {before}", 5, "the page scrolled by the wheel alone")


def check_report(page, report, pictures):
    address = report.as_uri()
    page.before_pages(WITH_MOUSE)
    for phone in (False, True):
        for dark in (False, True):
            name = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}"
            page.screen(*((390, 844) if phone else (1280, 900)), phone=phone, dark=dark)
            page.open(address)
            count = draw_all(page)
            as_list(page.run(UNDRAWN), f"{name}: charts not drawn")
            as_list(page.run(FAINT), f"{name}: text that hardly stands out")
            as_list(page.run(TOO_WIDE), f"{name}: wider than the screen")
            as_list(page.run(CHARTS_TOO_WIDE), f"{name}: charts wider than their box")
            check(
                page.run("document.scrollingElement.scrollWidth <= innerWidth"), f"{name}: the page scrolls sideways")
            if pictures:
                page.pictures(pictures / name)
            if not phone and not dark:
                check_structure(page, report)
                check_keyboard(page)
                check_interaction(page)
                if pictures:
                    page.print(pictures / "print.pdf")
    # Complaints of the page's own: the browser says of scripts that it was told not to run them.
    as_list(page.problems, "complaints on the console")
    page.screen(1280, 900)
    page.scripts(False)
    page.open(address)
    page.run(OPEN_ALL)
    as_list(page.run(MISSING_PICTURES), "pictures not seen without JavaScript")
    check(page.run("document.querySelectorAll('img.picture').length") == count, "figures without a picture")
    if pictures:
        page.pictures(pictures / "no-javascript")
    as_list([one for one in page.requests if one != address and not one.startswith(("data:", "blob:"))], "requests")
    return count


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    report = pathlib.Path(sys.argv[1]).resolve()
    if not report.is_file():
        sys.exit(f"{report}: there is no such page")
    pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    page = browser.Browser()
    try:
        count = check_report(page, report, pictures)
        tables = page.run("document.querySelectorAll('table').length")
    except browser.BrowserError as error:
        as_list(page.problems, "complaints on the console")
        failures.append(str(error))
    finally:
        page.close()
    if failures:
        sys.exit("\n".join(f"page.py: {failure}" for failure in failures))
    size = report.stat().st_size / 1e6
    print(f"{report.name}: {count} charts and {tables} tables, {size:.1f} MB, as they should be")


if __name__ == "__main__":
    try:
        main()
    except browser.BrowserError as error:
        sys.exit(f"page.py: {error}")
