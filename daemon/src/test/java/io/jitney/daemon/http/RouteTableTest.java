package io.jitney.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private final HttpRoute get = route(HttpRoute.GET, "state/{store}/{key}", "get");
  private final HttpRoute bulk = route(HttpRoute.POST, "state/{store}/bulk", "bulk");
  private final HttpRoute secret = route(HttpRoute.GET, "secrets/{store}/{key}", "secret");
  private final HttpRoute bulkSecret = route(HttpRoute.GET, "secrets/{store}/bulk", "bulkSecret");
  private final HttpRoute publish = route(HttpRoute.POST, "publish/{pubsub}/*", "publish");
  private final HttpRoute health = route(HttpRoute.GET, "healthz", "healthz");
  private final RouteTable table =
      new RouteTable(List.of(get, bulk, secret, bulkSecret, publish, health));

  private static HttpRoute route(java.util.Set<HttpMethod> methods, String path, String name) {
    return HttpRoute.of(methods, "v1.0", path, "group", name, call -> Future.succeededFuture());
  }

  private RouteTable.Match find(HttpMethod method, String path) {
    return table.find(method, path, route -> true);
  }

  @Test
  void staticSegmentsBeatParameters() {
    assertThat(find(HttpMethod.GET, "/v1.0/secrets/s/bulk").route()).isSameAs(bulkSecret);
    assertThat(find(HttpMethod.GET, "/v1.0/secrets/s/x").route()).isSameAs(secret);
  }

  @Test
  void anotherVerbOfTheSameShapeFallsBackToTheParameter() {
    assertThat(find(HttpMethod.POST, "/v1.0/state/s/bulk").route()).isSameAs(bulk);
    RouteTable.Match keyNamedBulk = find(HttpMethod.GET, "/v1.0/state/s/bulk");
    assertThat(keyNamedBulk.route()).isSameAs(get);
    assertThat(keyNamedBulk.parameters()).isEqualTo(Map.of("store", "s", "key", "bulk"));
  }

  @Test
  void parametersAreDecodedWithQueryRules() {
    assertThat(find(HttpMethod.GET, "/v1.0/state/s/a%2Fb").parameters())
        .containsEntry("key", "a/b");
    assertThat(find(HttpMethod.GET, "/v1.0/state/s/a+b").parameters()).containsEntry("key", "a b");
    assertThat(find(HttpMethod.GET, "/v1.0/state/s/a%2Bb").parameters())
        .containsEntry("key", "a+b");
  }

  @Test
  void aTrailingStarTakesTheRestWithItsSlashes() {
    assertThat(find(HttpMethod.POST, "/v1.0/publish/p/a/b/c").parameters())
        .isEqualTo(Map.of("pubsub", "p", "*", "a/b/c"));
  }

  @Test
  void wrongVerbsVersionsAndLengthsMatchNothing() {
    assertThat(find(HttpMethod.DELETE, "/v1.0/healthz")).isNull();
    assertThat(find(HttpMethod.HEAD, "/v1.0/healthz")).isNull();
    assertThat(find(HttpMethod.GET, "/v1.0-alpha1/healthz")).isNull();
    assertThat(find(HttpMethod.GET, "/v1.0/state/s/a/b")).isNull();
    assertThat(find(HttpMethod.GET, "/v1%2E0/state/s/k")).isNull();
    assertThat(find(HttpMethod.GET, "/")).isNull();
  }

  @Test
  void whatIsNotAllowedCountsAsNotRegistered() {
    assertThat(table.find(HttpMethod.GET, "/v1.0/healthz", route -> route != health)).isNull();
    assertThat(table.methodsOf("/v1.0/state/s/bulk", route -> true)).containsExactly("GET", "POST");
    assertThat(table.methodsOf("/v1.0/nothing", route -> true)).isEmpty();
  }

  @Test
  void aBrokenEscapeInAParameterIsNamed() {
    assertThatThrownBy(() -> find(HttpMethod.GET, "/v1.0/state/s/%zz"))
        .isInstanceOf(RouteTable.BadEscape.class)
        .hasMessageContaining("%zz");
  }

  @Test
  void pathsAreCleanedAsGoDoes() {
    assertThat(RequestPath.clean("//v1.0//state///s//k")).isEqualTo("/v1.0/state/s/k");
    assertThat(RequestPath.clean("/v1.0/x/../state/./s/k/")).isEqualTo("/v1.0/state/s/k");
    assertThat(RequestPath.clean("/../v1.0/a..b/.c")).isEqualTo("/v1.0/a..b/.c");
    assertThat(RequestPath.clean("/")).isEqualTo("/");
    assertThat(RequestPath.clean("")).isEqualTo("/");
    assertThat(RequestPath.validEscapes("/a%2Fb")).isTrue();
    assertThat(RequestPath.validEscapes("/a%2")).isFalse();
    assertThat(RequestPath.validEscapes("/a%zz")).isFalse();
  }

  @Test
  void queriesAreReadAsGoDoes() {
    assertThat(
            RequestQuery.metadata(
                "metadata.a=1&metadata.a=2&Metadata.b=3&x=y&metadata.c=%zz&metadata.d=a+b"))
        .isEqualTo(Map.of("a", "1", "d", "a b"));
    assertThat(RequestQuery.first("a=1;b=2&c=3", "c")).isEqualTo("3");
    assertThat(RequestQuery.first("a=1;b=2&c=3", "a")).isEmpty();
    assertThat(RequestQuery.metadata(null)).isEmpty();
  }
}
