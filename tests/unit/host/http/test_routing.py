from __future__ import annotations

import pytest

from funcyard.host.http.routing import Match, Route, Routes, RouteTemplateError


def _routes(*templates: str, methods: tuple[str, ...] = ()) -> Routes:
    return Routes(Route(template, frozenset(methods), template) for template in templates)


def _matched(routes: Routes, path: str, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    found = routes.match(path, method)
    return (found.route.template, dict(found.parameters)) if isinstance(found, Match) else None


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("api/hello", "/api/hello", {}),
        ("api/hello", "/API/Hello/", {}),
        ("api/products/{id}", "/api/products/7", {"id": "7"}),
        ("api/products/{id:int}", "/api/products/-7", {"id": "-7"}),
        ("api/products/{category:alpha}/{id:int?}", "/api/products/toys", {"category": "toys"}),
        ("api/{a=1}", "/api", {"a": "1"}),
        ("api/{a:int=1}", "/api", {"a": "1"}),
        ("api/files/{*path}", "/api/files/a/b.txt", {"path": "a/b.txt"}),
        ("api/files/{**path}", "/api/files", {"path": ""}),
        ("api/{name}.{format}", "/api/report.v2.pdf", {"name": "report.v2", "format": "pdf"}),
        ("api/{name}.{ext?}", "/api/report.v2.pdf", {"name": "report.v2", "ext": "pdf"}),
        ("api/{name}.{ext?}", "/api/report", {"name": "report"}),
        ("api/{name}.{ext:alpha?}", "/api/report", {"name": "report"}),
        ("api/{a?}/b", "/api/x/b", {"a": "x"}),
        ("api/{a?}/{b?}", "/api/x", {"a": "x"}),
        ("api/{a}-{b=1}", "/api/x-y", {"a": "x", "b": "y"}),
        ("api/hello/", "/api/hello", {}),
        ("/hello", "/hello", {}),
        ("~/hello", "/hello", {}),
        ("/", "/", {}),
        ("api/{name}", "/api/a%2Fb%20c", {"name": "a%2Fb c"}),
        ("api/{code:regex(^\\d{{3}}$)}", "/api/123", {"code": "123"}),
        ("api/{size:range(1,9)}", "/api/9", {"size": "9"}),
        ("api/{id:guid}", "/api/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", None),
        ("{*rest}", "/", {"rest": ""}),
        ("{*path:file}", "/a.b/c.txt", {"path": "a.b/c.txt"}),
        ("{*path:nonfile}", "/a.b/c", {"path": "a.b/c"}),
    ],
)
def test_a_path_reaches_its_function(
    template: str, path: str, parameters: dict[str, str] | None
) -> None:
    found = _matched(_routes(template), path)

    assert found is not None
    if parameters is not None:
        assert found[1] == parameters


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("api/hello", "/api/hello/x"),
        ("api/products/{id}", "/api/products"),
        ("api/products/{id:int}", "/api/products/x"),
        ("{*path:file}", "/a.b/c"),
        ("{*path:nonfile}", "/c.txt"),
        ("api/products/{id:int}", "/api/products/2147483648"),
        ("api/{name}.{ext?}", "/api/report."),
        ("api/{name}.{ext:int?}", "/api/report.pdf"),
        ("api/{a?}/b", "/api/b"),
        ("api/{id:guid}", "/api/not-a-guid"),
        ("api/{size:range(1,9)}", "/api/10"),
        ("api/{name:length(3)}", "/api/ab"),
        ("api/{name:minlength(3)}", "/api/ab"),
        ("api/{name:maxlength(1)}", "/api/ab"),
        ("api/{flag:bool}", "/api/maybe"),
        ("api/{n:min(5)}", "/api/4"),
        ("api/{n:max(5)}", "/api/6"),
        ("api/{when:datetime}", "/api/soon"),
        ("api/{n:decimal}", "/api/1e5"),
    ],
)
def test_a_path_that_does_not_fit_is_not_found(template: str, path: str) -> None:
    assert _routes(template).match(path, "GET") is None


def test_the_most_specific_route_wins_whatever_the_order() -> None:
    routes = _routes("a/{*rest}", "a/{id}", "a/{id:int}", "a/x{id}", "a/literal")

    assert _matched(routes, "/a/literal") == ("a/literal", {})
    assert _matched(routes, "/a/x7") == ("a/x{id}", {"id": "7"})
    assert _matched(routes, "/a/7") == ("a/{id:int}", {"id": "7"})
    assert _matched(routes, "/a/b") == ("a/{id}", {"id": "b"})
    assert _matched(routes, "/a/b/c") == ("a/{*rest}", {"rest": "b/c"})


def test_a_wrong_method_is_told_the_allowed_ones() -> None:
    routes = Routes(
        [
            Route("api/x", frozenset({"POST"}), "post"),
            Route("api/{id}", frozenset({"PUT"}), "put"),
        ]
    )

    assert routes.match("/api/x", "GET") == frozenset({"POST", "PUT"})
    found = routes.match("/api/x", "PUT")
    assert isinstance(found, Match)
    assert found.route.function == "put"


@pytest.mark.parametrize(
    "template",
    ["api/{", "api/}", "api//x", "api/{*a}/b", "{a}/{A}", "{a:nosuch}", "{a:int",
     "x{a?}", "{a=1?}", "{a:range(x,y)}", "{a:regex([)}",
     "x/{a}{b}", "{a}{b}", "a?b=1", "x?y", "{a?}.x", "{a}-{b?}", "{a?}{b}", "{*a?}", "{***a}",
     "x{*a}", "//a", "a//", "~a", "{a*}", "{}"],
)  # fmt: skip
def test_a_malformed_template_is_refused_with_its_text(template: str) -> None:
    with pytest.raises(RouteTemplateError, match="route") as fault:
        _routes(template)

    assert template in fault.value.message
