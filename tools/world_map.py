#!/usr/bin/env python3
"""Makes the outlines of the world map: the 50 m topology of world-atlas, simplified.

usage: world_map.py countries-50m.json countries.json map_units.tsv FOLDER STAMP

In:  the topology (npm world-atlas), the coordinates of countries (npm world-countries), and our
     table of map features, countries and disputed areas.
Out: FOLDER/world_countries.json, TopoJSON: outlines with {country, name, disputed};
     world_hatch.json, TopoJSON: lines over the disputed areas;
     world_dots.json: a point for each country too small to be seen: [{country, name, lon, lat}].
Arcs are simplified one by one with their ends kept, so neighbours still share their borders.
"""

import csv
import json
import math
import os
import sys

LEAST_AREA = 0.010  # square degrees (at the equator) that a vertex must span to be kept
LEAST_RING = 0.020  # square degrees below which an island is left out
DOT_AREA = 5300  # square kilometres below which a country is a dot
LEFT_OUT = {"ATA"}  # nobody's, and a fifth of the map's height
GRID = 1e4  # steps of the quantised coordinates along each axis


def decode(topology):
    """Arcs as lists of (longitude, latitude)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def triangle(a, b, c):
    """Area of a triangle in square degrees, as wide as it is at its latitude."""
    twice = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    return abs(twice) / 2 * math.cos(math.radians(b[1]))


def simplify(points):
    """Visvalingam's method: drop the vertex that spans the least area, again and again."""
    kept = list(points)
    while len(kept) > 4:
        areas = [triangle(*kept[i - 1 : i + 2]) for i in range(1, len(kept) - 1)]
        least = min(areas)
        if least >= LEAST_AREA:
            break
        limit = max(least, LEAST_AREA / 8)  # whole batches of neighbours' non-neighbours at once
        out, skipped = [kept[0]], False
        for point, area in zip(kept[1:-1], areas):
            skipped = area <= limit and not skipped and len(kept) - 1 > 4
            if not skipped:
                out.append(point)
        out.append(kept[-1])
        if len(out) == len(kept):
            break
        kept = out
    return kept


def ring_points(ring, arcs):
    points = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc if not points else arc[1:]
    return points


def planar_area(points):
    """Square degrees, as wide as they are at the ring's middle latitude."""
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:]))
    middle = sum(p[1] for p in points) / len(points)
    return abs(twice) / 2 * math.cos(math.radians(middle))


def polygons(geometry):
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def hatch(rings, spacing):
    """Parallel lines at 45 degrees inside a polygon: each is cut at the edges it crosses."""
    turned = [[((x + y), (y - x)) for x, y in ring] for ring in rings]
    lows = [v for ring in turned for _, v in ring]
    lines = []
    v = min(lows) + spacing / 2
    while v < max(lows):
        crossings = sorted(
            a[0] + (v - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for ring in turned
            for a, b in zip(ring, ring[1:])
            if (a[1] > v) != (b[1] > v)
        )
        for u1, u2 in zip(crossings[::2], crossings[1::2]):
            lines.append([((u1 - v) / 2, (u1 + v) / 2), ((u2 - v) / 2, (u2 + v) / 2)])
        v += spacing
    return lines


class Quantised:
    """Collects arcs on the grid of the output, each coded as differences."""

    def __init__(self):
        self.arcs = []
        self.scale = (360 / GRID, 180 / GRID)

    def add(self, points):
        last, deltas = (0, 0), []
        for lon, lat in points:
            now = (round((lon + 180) / self.scale[0]), round((lat + 90) / self.scale[1]))
            if not deltas or now != last:
                deltas.append([now[0] - last[0], now[1] - last[1]])
            last = now
        if len(deltas) == 1:
            deltas.append([0, 0])
        self.arcs.append(deltas)
        return len(self.arcs) - 1

    def topology(self, name, geometries):
        return {
            "type": "Topology",
            "transform": {"scale": self.scale, "translate": [-180, -90]},
            "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
            "arcs": self.arcs,
        }


def read_units(path):
    with open(path, encoding="utf-8") as lines:
        rows = csv.DictReader((l for l in lines if not l.startswith("#")), delimiter="\t")
        return {row["feature"]: row for row in rows}


def outline(geometry, arcs, used):
    """The polygons worth drawing; always the largest."""
    sized = [(planar_area(ring_points(p[0], arcs)), p) for p in polygons(geometry)]
    largest = max(size for size, _ in sized)
    kept = [p for size, p in sized if size >= LEAST_RING or size == largest]
    for polygon in kept:
        used.update(i if i >= 0 else ~i for ring in polygon for i in ring)
    return sum(size for size, _ in sized), kept


def point_of(country, coordinates, arcs, polygon):
    if country in coordinates:
        return coordinates[country]
    points = ring_points(polygon[0], arcs)
    return (sum(p[1] for p in points) / len(points), sum(p[0] for p in points) / len(points))


def build(topology, coordinates, names, units):
    arcs, used = decode(topology), set()
    features, dots, hatches = [], [], []
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        unit = units[name]
        if unit["country"] in LEFT_OUT:
            continue
        size, kept = outline(geometry, arcs, used)
        disputed = unit["status"] == "disputed"
        properties = {"country": unit["country"], "name": name, "disputed": disputed}
        features.append({"type": "MultiPolygon", "arcs": kept, "properties": properties})
        kilometres = size * 111.2**2
        if disputed:
            spacing = 1.6 if kilometres > 60000 else 0.8
            for polygon in kept:
                hatches += hatch([ring_points(ring, arcs) for ring in polygon], spacing)
        elif kilometres < DOT_AREA and int(unit["numeric"] or 0) != 36 and unit["numeric"]:
            lat, lon = point_of(unit["country"], coordinates, arcs, kept[0])
            dots.append({"country": unit["country"], "name": name, "lon": lon, "lat": lat})
    drawn = {f["properties"]["country"] for f in features} | LEFT_OUT
    for country, (lat, lon) in sorted(coordinates.items()):
        if country not in drawn:
            dots.append({"country": country, "name": names[country], "lon": lon, "lat": lat})
    countries, hatching = assemble(features, hatches, arcs, used)
    dots = [dict(d, lon=round(d["lon"], 2), lat=round(d["lat"], 2)) for d in dots]
    return {"countries": countries, "hatch": hatching, "dots": dots}


def assemble(features, hatches, arcs, used):
    """Two topologies: each is one data set of the map's specification."""
    out, lines = Quantised(), Quantised()
    index = {old: out.add(simplify(arcs[old])) for old in sorted(used)}
    for feature in features:
        feature["arcs"] = [
            [[index[i] if i >= 0 else ~index[~i] for i in ring] for ring in polygon]
            for polygon in feature["arcs"]
        ]
    hatching = {"type": "MultiLineString", "arcs": [[lines.add(line)] for line in hatches]}
    return out.topology("countries", features), lines.topology("hatch", [hatching])


if __name__ == "__main__":
    atlas, countries, map_units, folder, stamp = sys.argv[1:]
    with open(atlas, encoding="utf-8") as f:
        world_topology = json.load(f)
    with open(countries, encoding="utf-8") as f:
        listed = json.load(f)
    names = {c["cca3"]: c["name"]["common"] for c in listed if c["cca3"] != "UNK"}
    places = {c["cca3"]: tuple(c["latlng"]) for c in listed if c["cca3"] != "UNK"}
    parts = build(world_topology, places, names, read_units(map_units))
    os.makedirs(folder, exist_ok=True)
    for part, value in parts.items():
        with open(os.path.join(folder, f"world_{part}.json"), "w", encoding="utf-8") as f:
            json.dump(value, f, ensure_ascii=False, separators=(",", ":"))
            f.write("\n")
    open(stamp, "w").close()
