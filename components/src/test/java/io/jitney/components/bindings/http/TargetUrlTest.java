package io.jitney.components.bindings.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h | h | 80 | /",
        "https://h | h | 443 | /",
        "http://h:8080/a/b?x=1&y=a%20b#frag | h | 8080 | /a/b?x=1&y=a%20b",
        "http://[::1]:81/x | ::1 | 81 | /x",
        "http://h?q=1 | h | 80 | /?q=1",
        "http://h/base/../up | h | 80 | /base/../up",
        "http://h/a b/é | h | 80 | /a%20b/%C3%A9",
        "HTTP://h/x | h | 80 | /x"
      })
  void parts(String url, String host, int port, String uri) {
    TargetUrl parsed = TargetUrl.parse("GET", url);

    assertThat(parsed.host()).isEqualTo(host);
    assertThat(parsed.port()).isEqualTo(port);
    assertThat(parsed.requestUri()).isEqualTo(uri);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "::bad:: | parse \"::bad::\": missing protocol scheme",
        "h/x | Get \"h/x\": unsupported protocol scheme \"\"",
        "ftp://h | Get \"ftp://h\": unsupported protocol scheme \"ftp\"",
        "127.0.0.1:80/x | parse \"127.0.0.1:80/x\": first path segment in URL cannot contain colon",
        "http:///x | Get \"http:///x\": http: no Host in request URL",
        "http://h:abc/ | parse \"http://h:abc/\": invalid port \":abc\" after host",
        "http://h/%zz | parse \"http://h/%zz\": invalid URL escape \"%zz\""
      })
  void whatIsNoUrl(String url, String message) {
    assertThatThrownBy(() -> TargetUrl.parse("GET", url)).hasMessage(message);
  }

  @Test
  void userAndPasswordBecomeAHeaderAndThePasswordIsNeverShown() {
    TargetUrl parsed = TargetUrl.parse("GET", "http://me:se%40cret@h/x");

    assertThat(parsed.authorization()).isEqualTo("Basic bWU6c2VAY3JldA==");
    assertThat(parsed.shown()).isEqualTo("http://me:***@h/x");
    assertThatThrownBy(() -> TargetUrl.parse("GET", "http://me:secret@h:abc/x"))
        .hasMessageNotContaining("secret");
  }
}
