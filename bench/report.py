"""Statistics and tables."""

import statistics

# What is asked of the figures, as (title, measurement, of, to, how).
# "time" is the quotient of times, so below 1 is faster; "speed" its inverse.
KEYS = [
    ("warm stat, to native", "warm stat", "uring", "native", "time"),
    ("warm stat by full path, to native", "warm stat path", "uring",
     "native", "time"),
    ("warm stat through /dev/fuse, to native", "warm stat", "dev", "native",
     "time"),
    ("cold lookup, to passthrough_ll over /dev/fuse", "cold stat", "uring",
     "passthrough_ll", "time"),
    ("cold lookup, to passthrough_hp over /dev/fuse", "cold stat", "uring",
     "passthrough_hp", "time"),
    ("cold lookup, to passthrough_hp over io_uring", "cold stat", "uring",
     "passthrough_hp-uring", "time"),
    ("cold lookup, to bindfs", "cold stat", "uring", "bindfs", "time"),
    ("4k pwrite, to native", "pwrite", "uring", "native", "time"),
    ("sequential read speed, to native", "stream read", "uring", "native",
     "speed"),
    ("sequential read speed, 1 MiB a call, to native", "stream read 1M",
     "uring", "native", "speed"),
    ("sequential write speed, to native", "stream write", "uring", "native",
     "speed"),
    ("sequential write speed, 1 MiB a call, to native", "stream write 1M",
     "uring", "native", "speed"),
    ("open+read 4k+close, to passthrough_hp over io_uring", "read", "uring",
     "passthrough_hp-uring", "time"),
    ("open+read 4k+close, to native", "read", "uring", "native", "time"),
    ("sandbox of 10,000 mappings: speed, to the symlink forest",
     "sandbox 10000", "uring", "forest", "speed"),
    ("sandbox of 10,000 mappings: speed, to the forest on tmpfs",
     "sandbox 10000", "uring", "forest-tmpfs", "speed"),
    ("sandbox of 1,000 mappings: speed, to the symlink forest",
     "sandbox 1000", "uring", "forest", "speed"),
    ("sandbox of 1,000 mappings, each looked at: speed, to the forest",
     "sandbox used", "uring", "forest", "speed"),
    ("gcc -O2 in a warm view, to native", "gcc", "uring", "native", "time"),
    ("gcc -O2 in a fresh mount, to native", "gcc fresh", "uring", "native",
     "time"),
]


def spread(values):
    """Median, 10th and 90th percentile."""
    values = sorted(values)
    if len(values) < 2:
        return values[0], values[0], values[0]
    cuts = statistics.quantiles(values, n=10, method="inclusive")
    return statistics.median(values), cuts[0], cuts[-1]


def ratios(rounds, base):
    """Median and spread of the quotients of each round, or None."""
    both = [r for r in rounds if r in base]
    if not both:
        return None
    return spread([rounds[r] / base[r] for r in both])


def time_text(ns):
    for limit, unit, divisor in ((1e4, "ns", 1), (1e7, "µs", 1e3),
                                 (1e10, "ms", 1e6)):
        if ns < limit:
            value = ns / divisor
            return ("%.0f %s" if value >= 100 else "%.1f %s") % (value, unit)
    return "%.1f s" % (ns / 1e9)


def ratio_text(value):
    return "%.2f" % value if value < 100 else "%.0f" % value


def count_text(n):
    return "%.0f" % n if n >= 100 else "%.3g" % n


def requests_text(result):
    if "requests" not in result:
        return ""
    requests = result["requests"]
    if requests is None:
        return "too many to count"
    total = sum(requests.values())
    if not total:
        return "none"
    shown = ["%s %s" % (name, count_text(n)) for name, n in
             sorted(requests.items(), key=lambda item: -item[1])
             if n >= 0.002]
    return count_text(total) + (": " + ", ".join(shown) if shown else "")


def table(report):
    """The whole report for a terminal."""
    lines = ["%s, %d CPUs, %s; load %s at first, %s at last" % (
        report["machine"]["kernel"], report["machine"]["cpus"],
        report["machine"]["file_system"], report["load"][0],
        report["load"][1])]
    for rival in report["rivals"]:
        lines.append("  %-20s %s%s" % (
            rival["name"], rival["title"],
            " (%s)" % rival["mode"] if rival["mode"] else ""))
    for name, why in report["absent"]:
        lines.append("  %-20s ABSENT: %s" % (name, why))
    for m in report["measurements"]:
        lines += ["", "%s [%s%s]" % (
            m["title"], m["name"],
            ", all on one CPU" if m["pinned"] else "")]
        lines.append("  %-20s %10s %8s %7s  %-13s %6s %8s %8s  %s" % (
            "", "a " + m["unit"], "p10", "ratio", "p10-p90", "moves",
            "switches", "CPU", "requests"))
        for name, r in m["results"].items():
            if "error" in r:
                lines.append("  %-20s FAILED: %s" % (name, r["error"]))
                continue
            server = r.get("server") or {}
            ratio = r.get("ratio")
            lines.append("  %-20s %10s %8s %7s  %-13s %6s %8s %8s  %s" % (
                name, time_text(r["ns"]), time_text(r["low"]),
                ratio_text(ratio[0]) if ratio else "",
                "%s-%s" % (ratio_text(ratio[1]), ratio_text(ratio[2]))
                if ratio else "",
                "%.2f" % statistics.mean(r["moves"].values())
                if r["moves"] else "",
                "%.2f" % (server["voluntary"] + server["involuntary"])
                if server else "",
                time_text(server["cpu_ns"]) if server else "",
                requests_text(r)))
            for part, ns in r.get("parts", {}).items():
                lines.append("    %-18s %10s" % (part, time_text(ns)))
    lines += keys(report)
    return "\n".join(lines) + "\n"


def keys(report):
    lines = ["", "Key figures: quotient of each round, median (p10-p90); "
             "quotient of the 10th", "percentiles; times' medians. Speed: "
             "higher is better."]
    for title, name, of, to, how in KEYS:
        for m in report["measurements"]:
            if m["name"] != name:
                continue
            a = m["results"].get(of, {}).get("rounds")
            b = m["results"].get(to, {}).get("rounds")
            if not a or not b:
                continue
            mid, low, high = ratios(a, b) if how == "time" else ratios(b, a)
            lows = [m["results"][x]["low"] for x in (of, to)]
            if how == "speed":
                lows.reverse()
            lines.append("  %-64s %6s (%s-%s); %s; %s to %s" % (
                title + (", one CPU" if m["pinned"] else ""),
                ratio_text(mid), ratio_text(low), ratio_text(high),
                ratio_text(lows[0] / lows[1]),
                time_text(m["results"][of]["ns"]),
                time_text(m["results"][to]["ns"])))
    return lines if len(lines) > 3 else []


def markdown(report):
    """Two tables, of ratios and of requests."""
    names = [r["name"] for r in report["rivals"]]
    lines = []
    for pinned in sorted({m["pinned"] for m in report["measurements"]}):
        chosen = [m for m in report["measurements"] if m["pinned"] == pinned]
        lines += ["", "Time as a multiple of native (of the symlink forest "
                  "for sandboxes)%s:" % (
                      ", client and servers on one CPU" if pinned else ""),
                  ""]
        lines += head(["", "native"] + names[1:])
        for m in chosen:
            base = m["results"].get(m["base"], {})
            cells = [m["title"],
                     time_text(base["ns"]) if m["base"] == "native"
                     and "ns" in base else ""]
            for name in names[1:]:
                r = m["results"].get(name, {})
                ratio = r.get("ratio")
                if name == m["base"] and "ns" in r:
                    cells.append(time_text(r["ns"]))
                else:
                    cells.append("%s (%s-%s)" % tuple(
                        ratio_text(x) for x in ratio) if ratio else "")
            lines.append("| " + " | ".join(cells) + " |")
        lines += ["", "Requests a call:", ""]
        fuse = [n for n in names if any(
            m["results"].get(n, {}).get("requests") is not None
            for m in chosen)]
        lines += head([""] + fuse)
        for m in chosen:
            cells = [m["title"]]
            for name in fuse:
                requests = m["results"].get(name, {}).get("requests")
                cells.append("" if requests is None else
                             count_text(sum(requests.values())))
            if any(cells[1:]):
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines[1:]) + "\n"


def head(cells):
    return ["| " + " | ".join(cells) + " |",
            "|" + "---|" * len(cells)]
