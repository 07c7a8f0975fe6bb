// Marks texts for axe's rules of colour, which take most of its time: of all texts that look the same, the first, unless
// its look is known to pass. Two texts look the same when they have the same colours, size and weight, and the same is
// drawn behind them and over them. Returns the looks that are marked.
passed => {
    const MARK = "data-look";
    const canvas = getComputedStyle(document.documentElement).colorScheme;
    const PLAIN = "rgba(0, 0, 0, 0) none 1 none normal static auto auto none";

    document.querySelectorAll(`[${MARK}]`).forEach(element => element.removeAttribute(MARK));

    const grounds = new Map([[document, ""]]);
    function ground(element) {
        if (!grounds.has(element)) {
            const style = getComputedStyle(element);
            const own = [
                style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode,
                style.position, style.zIndex, style.clip, style.clipPath,
            ].join(" ");
            const behind = ground(element.parentNode);
            grounds.set(element, own === PLAIN ? behind : `${behind}/${own}`);
        }
        return grounds.get(element);
    }

    const isShown = element => {
        const box = element.getBoundingClientRect();
        return element.checkVisibility({visibilityProperty: true})
            && box.width > 1 && box.height > 1 && box.right > 0 && box.bottom + scrollY > 0;
    };
    const floating = [...document.body.querySelectorAll("*")]
        .filter(element => getComputedStyle(element).position !== "static" && isShown(element))
        .map(element => ({element, box: element.getBoundingClientRect()}));
    function around(text) {
        const box = text.getBoundingClientRect();
        const touching = floating.filter(other => other.box.left < box.right && other.box.right > box.left
            && other.box.top < box.bottom && other.box.bottom > box.top && !other.element.contains(text));
        return [...new Set(touching.map(other => ground(other.element)))];
    }

    function blockOf(element) {
        return getComputedStyle(element).display.startsWith("inline") ? blockOf(element.parentElement) : element;
    }
    function linkLook(link) {
        const style = getComputedStyle(link);
        const block = blockOf(link.parentElement);
        return [
            style.color, style.textDecorationLine, style.borderBottom, style.fontStyle,
            getComputedStyle(link.parentElement).color, getComputedStyle(block).color,
            block.textContent.trim() === link.textContent.trim(),
        ];
    }

    function lookOf(element, words) {
        const style = getComputedStyle(element);
        const link = element.closest("a[href]");
        return JSON.stringify([
            style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextStroke,
            element.closest(":disabled, [aria-disabled]") !== null,
            // Of a sign alone axe does not judge the contrast.
            /[\p{L}\p{N}]{2}/u.test(words),
            canvas, ground(element), around(element), link && linkLook(link),
        ]);
    }

    const looks = new Map();
    const known = new Set(passed);
    function choose(look, ...elements) {
        if (!known.has(look) && !looks.has(look)) {
            looks.set(look, elements.filter(Boolean));
        }
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const words = texts.currentNode.data;
        const text = texts.currentNode.parentElement;
        if (words.trim() && isShown(text)) {
            choose(lookOf(text, words), text, text.closest("a[href]"));
        }
    }
    for (const control of document.querySelectorAll("input, select, textarea, button")) {
        if (isShown(control)) {
            const kind = `${control.localName} ${control.type}`;
            choose(`${kind} ${lookOf(control, `${control.value} ${control.textContent}`)}`, control);
        }
    }
    [...looks.values()].flat().forEach(element => element.setAttribute(MARK, ""));
    return [...looks.keys()];
}
