"""Areas on a map: GeoJSON read, checked, and asked whether a point lies in them.

Source: RFC 7946 (GeoJSON): longitude before latitude, decimal degrees (WGS 84), rings closed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from dotmac_customers.service_areas.errors import InvalidAreaError

MOST_POINTS = 50_000
"""How many corners an area may have, holes included."""

_GRID = Decimal("0.000001")
_SURFACES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The box around an area, in decimal degrees, rounded outwards to six decimals."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal


def read_area(geojson: Mapping[str, Any]) -> BaseGeometry:
    """The area that `geojson` describes: polygons with or without holes, or features of them.

    Several features together are one area. Heights are left out.

    Raises:
        InvalidAreaError: it is none, crosses itself, leaves the earth, or has too many corners.
    """
    surfaces = [_surface(part) for part in _geometries(geojson)]
    if not surfaces:
        raise InvalidAreaError("it holds no polygon")
    area = surfaces[0] if len(surfaces) == 1 else shapely.union_all(surfaces)
    if shapely.get_num_coordinates(area) > MOST_POINTS:
        raise InvalidAreaError(f"it has more than {MOST_POINTS} corners; simplify it")
    return area


def stored(area: BaseGeometry) -> dict[str, Any]:
    """The area as GeoJSON, to be kept."""
    # Through JSON, because shapely writes tuples where JSON and the database have lists.
    found: dict[str, Any] = json.loads(json.dumps(mapping(area)))
    return found


def bounds_of(area: BaseGeometry) -> Bounds:
    """The box around an area."""
    west, south, east, north = (Decimal(str(edge)) for edge in area.bounds)
    return Bounds(
        west.quantize(_GRID, ROUND_FLOOR),
        south.quantize(_GRID, ROUND_FLOOR),
        east.quantize(_GRID, ROUND_CEILING),
        north.quantize(_GRID, ROUND_CEILING),
    )


def covered(
    geometry: Mapping[str, Any], points: Sequence[tuple[Decimal, Decimal]]
) -> Sequence[bool]:
    """Which of the points (latitude, longitude) lie in the area; its edge belongs to it."""
    area = shape(geometry)
    shapely.prepare(area)
    longitudes = [float(longitude) for _, longitude in points]
    latitudes = [float(latitude) for latitude, _ in points]
    found: list[bool] = shapely.intersects_xy(area, longitudes, latitudes).tolist()
    return found


def _geometries(geojson: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    kind = geojson.get("type")
    if kind in _SURFACES:
        return [geojson]
    if kind == "Feature" and isinstance(geojson.get("geometry"), Mapping):
        return _geometries(geojson["geometry"])
    if kind == "FeatureCollection" and isinstance(geojson.get("features"), list):
        features = geojson["features"]
        if all(isinstance(part, Mapping) and part.get("type") == "Feature" for part in features):
            return [found for part in features for found in _geometries(part)]
    raise InvalidAreaError("it is not a Polygon, a MultiPolygon, or features of these")


def _surface(geometry: Mapping[str, Any]) -> BaseGeometry:
    try:
        area = shapely.force_2d(shape(geometry))
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError) as error:
        raise InvalidAreaError("its coordinates are not rings of [longitude, latitude]") from error
    if area.is_empty or not area.is_valid:
        reason = "it is empty" if area.is_empty else shapely.is_valid_reason(area)
        raise InvalidAreaError(reason)
    west, south, east, north = area.bounds
    if west < -180 or south < -90 or east > 180 or north > 90:  # noqa: PLR2004 - the whole earth
        raise InvalidAreaError("it leaves the earth: longitude comes first, then latitude")
    return area
