import pytest
from data_utils.transform import transform

HEADER = ["iata", "city", "state", "country", "latitude", "longitude"]


def one(**cells: str) -> dict[str, str]:
    """Transform a row of the sample data with some cells changed."""
    row = {
        "iata": "00M",
        "city": "Bay Springs",
        "state": "MS",
        "country": "USA",
        "latitude": "31.95376472",
        "longitude": "-89.23450472",
    }
    header, rows = transform(HEADER, [list((row | cells).values())])
    (transformed,) = rows
    return dict(zip(header, transformed, strict=True))


def test_row_is_normalised_and_extended() -> None:
    assert one(city=" Bay \t Springs ") == {
        "iata": "00M",
        "city": "Bay Springs",
        "state": "MS",
        "country": "United States",
        "latitude": "31.953765",
        "longitude": "-89.234505",
        "hemisphere": "NW",
        "region": "South",
        "problems": "",
    }


def test_unknown_places_are_empty() -> None:
    row = one(city="NA", state="NA", country="N Mariana Islands", longitude="145.6")
    assert (row["city"], row["state"], row["region"]) == ("", "", "")
    assert (row["country"], row["hemisphere"]) == ("Northern Mariana Islands", "NE")


@pytest.mark.parametrize(
    ("latitude", "problem"),
    [
        ("", "latitude is missing"),
        ("north", "latitude is not a number"),
        ("NaN", "latitude is not a number"),
        ("-Infinity", "latitude is not a number"),
        ("90.0000001", "latitude is out of range"),
        ("1e400", "latitude is out of range"),
    ],
)
def test_wrong_coordinate_is_kept_and_named(latitude: str, problem: str) -> None:
    row = one(latitude=latitude)
    assert (row["latitude"], row["problems"]) == (latitude, problem)


def test_every_problem_of_a_row_is_named() -> None:
    row = one(state="XX", latitude="91", longitude="-181")
    assert row["problems"] == (
        "latitude is out of range; longitude is out of range; state XX is unknown"
    )


@pytest.mark.parametrize(
    ("latitude", "longitude", "hemisphere"),
    [("0", "0", "NE"), ("-1", "1", "SE"), ("-1", "-1", "SW"), ("90", "-180", "NW"), ("x", "1", "")],
)
def test_hemisphere_follows_from_the_signs(latitude: str, longitude: str, hemisphere: str) -> None:
    assert one(latitude=latitude, longitude=longitude)["hemisphere"] == hemisphere


def test_file_of_other_columns_passes_through_cleaned() -> None:
    header, rows = transform(["id", "problems"], [["1", " none "], ["2", ""]])
    assert (header, list(rows)) == (["id", "problems"], [["1", "none"], ["2", ""]])


def test_what_was_transformed_stays_the_same_when_it_is_transformed_again() -> None:
    first = one(latitude="-5")
    header, rows = transform(list(first), [list(first.values())])
    assert dict(zip(header, *rows, strict=True)) == first
