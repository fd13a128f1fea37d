package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.resources.ApiAccessLists.Rule;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiAccessListsTest {
  private static HttpRoute route(String version, String path, String group) {
    return HttpRoute.of(HttpRoute.GET, version, path, group, "X", call -> Future.succeededFuture());
  }

  private static final HttpRoute STATE = route("v1.0", "state/{store}/{key}", "state");
  private static final HttpRoute QUERY = route("v1.0-alpha1", "state/{store}/query", "state");
  private static final HttpRoute METADATA = route("v1.0", "metadata", "metadata");
  private static final HttpRoute METADATA_KEY = route("v1.0", "metadata/{key}", "metadata");
  private static final HttpRoute HEALTH = route("v1.0", "healthz", "healthz");

  private static List<Rule> rules(String... rules) {
    return Arrays.stream(rules)
        .map(rule -> rule.split(" ", -1))
        .map(words -> new Rule(words[0], words[1], words[2]))
        .toList();
  }

  @Test
  void withoutListsEverythingIsAllowed() {
    assertThat(ApiAccessLists.of(List.of(), List.of())).isSameAs(ApiAccess.ALL);
  }

  /** Columns: rule that is denied; what remains of state, query, metadata, metadata/{key}. */
  @ParameterizedTest(name = "denied {0} {1} {2}")
  @CsvSource({
    "state, v1, http, 0111",
    "state, v1, HTTP, 0111",
    "state, V1, http, 1111",
    "state, v1alpha1, http, 1011",
    "state, v1.0, http, 0111",
    "state, v1.0-alpha1, http, 1011",
    "metadata, v1, http, 1100",
    "metadata, v1.0, http, 1100",
    "metadata/{name}, v1.0, http, 1110",
    "state, v1, grpc, 1111",
    "state, v1, '', 1111",
    "healthz, v1, http, 1111",
  })
  void deniedHttpRoutes(String name, String version, String protocol, String allowed) {
    ApiAccess access = ApiAccessLists.of(List.of(), rules(name + " " + version + " " + protocol));
    StringBuilder seen = new StringBuilder();
    for (HttpRoute route : List.of(STATE, QUERY, METADATA, METADATA_KEY)) {
      seen.append(access.allows(route) ? 1 : 0);
    }
    assertThat(seen).hasToString(allowed);
    assertThat(access.allows(HEALTH)).isTrue();
  }

  @Test
  void anAllowListClosesTheRestOfItsProtocol() {
    ApiAccess access = ApiAccessLists.of(rules("state v1 http"), List.of());
    assertThat(access.allows(STATE)).isTrue();
    assertThat(access.allows(METADATA)).isFalse();
    assertThat(access.allows(HEALTH)).isTrue();
    assertThat(access.allowsGrpc("metadata.v1")).isTrue();
  }

  @Test
  void deniedWins() {
    ApiAccess access =
        ApiAccessLists.of(
            rules("state v1 http", "state v1 grpc"), rules("state v1 http", "state v1 grpc"));
    assertThat(access.allows(STATE)).isFalse();
    assertThat(access.allowsGrpc("state.v1")).isFalse();
  }

  @Test
  void grpcNamesThatNobodyKnowsRestrictNothing() {
    assertThat(ApiAccessLists.of(rules("nothing v1 grpc"), List.of()).allowsGrpc("state.v1"))
        .isTrue();
    ApiAccess access = ApiAccessLists.of(rules("nothing v1 grpc", "state v1 grpc"), List.of());
    assertThat(access.allowsGrpc("state.v1")).isTrue();
    assertThat(access.allowsGrpc("state.v1alpha1")).isFalse();
    assertThat(access.allowsGrpc("unknown.v0")).isFalse();
    assertThat(access.allowsGrpc("")).isTrue();
    assertThat(ApiAccessLists.of(rules("state v1 GRPC"), List.of()).allowsGrpc("metadata.v1"))
        .isTrue();
  }
}
