"""The data that ``transform`` looks up: regions of the United States, names of countries."""

REGIONS = {
    "Northeast": "CT MA ME NH NJ NY PA RI VT",
    "Midwest": "IA IL IN KS MI MN MO ND NE OH SD WI",
    "South": "AL AR DC DE FL GA KY LA MD MS NC OK SC TN TX VA WV",
    "West": "AK AZ CA CO HI ID MT NM NV OR UT WA WY",
    "Territories": "AS CQ GU MP PR VI",
}
"""Regions of the US Census Bureau, and the territories; CQ is the Northern Mariana Islands in the
older FIPS 10-4 code, which aviation data still uses."""

REGION_OF_STATE = {state: region for region, states in REGIONS.items() for state in states.split()}

UNITED_STATES = "United States"

COUNTRIES = {
    "US": UNITED_STATES,
    "USA": UNITED_STATES,
    "N Mariana Islands": "Northern Mariana Islands",
    "Federated States of Micronesia": "Micronesia",
}
"""Names found in data -> short English name."""
