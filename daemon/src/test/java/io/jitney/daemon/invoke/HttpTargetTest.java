package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/v1.0/invoke/b/method/x,b,x",
    "/v1.0/invoke/b/method/x/y/z,b,x/y/z",
    "/v1.0/invoke/b/method/,b,''",
    "/v1.0/invoke/b/method/x/method/y,b,x/method/y",
    "//v1.0//invoke/b//method//x//,b/,/x//",
    "/v1.0/invoke/b.default/method/x,b.default,x",
    "/v1.0/invoke/%6Esp/method/x,nsp,x",
    "/v1.0/invoke/n%252Db/method/x,n-b,x",
    "/v1.0/invoke/http://h:1/method/x,http://h:1,x",
    "/v1.0/invoke/http:%2F%2Fh:1/method/x,http://h:1,x",
    "/v1.0/invoke/http%3A%2F%2Fh%3A1/deep/er/method/x,http://h:1/deep/er,x"
  })
  void ofThePath(String path, String id, String method) {
    assertThat(find(path)).isEqualTo(new HttpTarget(id, method));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/x",
        "/v1.0/invoke",
        "/v1.0/invoke/",
        "/v1.0/invoke/b",
        "/v1.0/invoke/b/method",
        "/v1.0/invoke/b/methods/x",
        "/v1.0/invoke//method/x",
        "/v1.0-alpha1/invoke/b/method/x",
        "/v1/invoke/b/method/x"
      })
  void pathsThatNameNoTarget(String path) {
    assertThat(find(path)).isNull();
  }

  @Test
  void theHeaderComesFirstAndTakesTheWholePath() {
    assertThat(find("/v1.0/invoke/other/method/x", "dapr-app-id", "b"))
        .isEqualTo(new HttpTarget("b", "v1.0/invoke/other/method/x"));
    assertThat(find("/x", "dapr-app-id", "b", "authorization", "Basic ZGFwci1hcHAtaWQ6b3RoZXI="))
        .isEqualTo(new HttpTarget("b", "x"));
    assertThat(find("/v1.0/invoke/b/method/x", "dapr-app-id", ""))
        .isEqualTo(new HttpTarget("b", "x"));
  }

  @Test
  void basicAuthenticationWithTheUserDaprAppId() {
    assertThat(find("/x", "authorization", "Basic ZGFwci1hcHAtaWQ6YmFzaWMtYg=="))
        .isEqualTo(new HttpTarget("basic-b", "x"));
    assertThat(find("/x", "authorization", "Basic REFQUi1BcHAtSWQ6YmFzaWMtYg=="))
        .as("in any case")
        .isEqualTo(new HttpTarget("basic-b", "x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic ZGFwci1hcHAtaWQ6YmFzaWMtYjp4",
        "Basic c29tZW9uZTpiYXNpYy1i",
        "Basic %%%",
        "Bearer ZGFwci1hcHAtaWQ6YmFzaWMtYg==",
        "Basic ZGFwci1hcHAtaWQ6"
      })
  void otherAuthorizationsAreTheApps(String authorization) {
    assertThat(find("/x", "authorization", authorization)).isNull();
  }

  private static HttpTarget find(String path, String... headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    return HttpTarget.find(path, map);
  }
}
