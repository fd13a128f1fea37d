package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppAnswersTest {
  private static Verdict single(int status, String body) {
    return AppAnswers.single(status, Buffer.buffer(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ok",
        "{}",
        "[]",
        "null",
        "\"RETRY\"",
        "{\"status\":\"SUCCESS\"}",
        "{\"status\":\"\"}",
        "{\"status\":null}",
        "{\"status\":5}",
        "{\"status\":\"DROP\""
      })
  void success(String body) {
    assertThat(single(200, body)).isEqualTo(Verdict.SUCCESS);
    assertThat(single(299, body)).isEqualTo(Verdict.SUCCESS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":\"DROP\"}",
        "{\"STATUS\":\"DROP\",\"x\":1}",
        "{\"status\":\"DROP\"} x"
      })
  void drop(String body) {
    assertThat(single(206, body)).isEqualTo(Verdict.DROP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"status\":\"RETRY\"}", "{\"status\":\"success\"}", "{\"status\":\"WHATEVER\"}"})
  void again(String body) {
    assertThat(catchThrowable(() -> single(200, body)))
        .isInstanceOf(DeliveryException.class)
        .satisfies(failure -> assertThat(DeliveryException.code(failure)).isEqualTo(-1));
  }

  @Test
  void notFoundIsADrop() {
    assertThat(single(404, "{\"status\":\"SUCCESS\"}")).isEqualTo(Verdict.DROP);
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "302", "304", "400", "429"})
  void otherStatusesAreTriedAgainWithTheirCode(int status) {
    assertThat(catchThrowable(() -> single(status, "{\"status\":\"DROP\"}")))
        .isInstanceOf(DeliveryException.class)
        .satisfies(failure -> assertThat(DeliveryException.code(failure)).isEqualTo(status));
  }

  @Test
  void bulk() {
    String body =
        "{\"statuses\":[{\"entryId\":\"a\",\"status\":\"SUCCESS\"},{\"entryId\":\"b\",\"status\":\"DROP\"},"
            + "{\"entryId\":\"c\",\"status\":\"RETRY\"},{\"entryId\":\"d\"},{\"entryId\":\"e\",\"status\":\"\"}]}";

    assertThat(AppAnswers.bulk(200, Buffer.buffer(body)))
        .isEqualTo(Map.of("a", Verdict.SUCCESS, "b", Verdict.DROP));
  }

  @Test
  void bulkWithoutAnswer() {
    assertThat(AppAnswers.bulk(404, Buffer.buffer())).isNull();
    assertThat(AppAnswers.bulk(200, Buffer.buffer("{}"))).isEmpty();
    assertThatThrownBy(() -> AppAnswers.bulk(200, Buffer.buffer("")))
        .isInstanceOf(DeliveryException.class);
    assertThatThrownBy(() -> AppAnswers.bulk(500, Buffer.buffer("{}")))
        .isInstanceOf(DeliveryException.class);
  }
}
