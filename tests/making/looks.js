// Marks texts for axe's rules of colour, which take most of its time: of all texts that look the same, the first. Two
// texts look the same when they have the same colours, size and weight, and the same is drawn behind them and over
// them.
() => {
    const MARK = "data-look";
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

    const looks = new Map();
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const text = words.currentNode.parentElement;
        if (!words.currentNode.data.trim() || !isShown(text)) {
            continue;
        }
        const style = getComputedStyle(text);
        const link = text.closest("a[href]");
        const look = JSON.stringify([
            style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextStroke,
            text.closest(":disabled, [aria-disabled]") !== null,
            // Of a sign alone axe does not judge the contrast.
            /[\p{L}\p{N}]{2}/u.test(words.currentNode.data),
            ground(text), around(text), link && linkLook(link),
        ]);
        if (!looks.has(look)) {
            looks.set(look, text);
        }
    }
    const chosen = [...looks.values()];
    const links = chosen.map(text => text.closest("a[href]")).filter(Boolean);
    const controls = document.querySelectorAll("input, select, textarea, button");
    [...chosen, ...links, ...controls].forEach(element => element.setAttribute(MARK, ""));
}
