package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.gojson.GoJsonException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of the HTTP state API: what is read, and Go's texts for what is not. */
class BodiesTest {
  private static List<SetRequest> save(String body) throws GoJsonException {
    return SaveBody.parse(Buffer.buffer(body));
  }

  private static String value(SetRequest request) {
    return request.value().bytes().toString();
  }

  @Test
  void anItemIsReadWhole() throws GoJsonException {
    SetRequest item =
        save("[{\"key\":\"k\",\"value\":{\"b\" : [1.50]},\"etag\":\"7\",\"metadata\":{\"ttlInSeconds\":\"5\"},"
                + "\"options\":{\"concurrency\":\"first-write\",\"consistency\":\"strong\"},\"contentType\":\"x\"}]")
            .getFirst();
    assertThat(item.key()).isEqualTo("k");
    assertThat(value(item))
        .isEqualTo("{\"b\" : [1.50]}"); // the client's text: stores bring it into their form
    assertThat(item.etag()).isEqualTo("7");
    assertThat(item.metadata()).isEqualTo(Map.of("ttlInSeconds", "5"));
    assertThat(item.options()).isEqualTo(new StateOptions("first-write", "strong"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "\"a\\\"b\\\\\";\"a\\\"b\\\\\"",
        "123456789012345678901234567890;123456789012345678901234567890",
        "-1.5e10;-1.5e10",
        "true;true",
        "null;null",
        "[ ];[ ]",
        "\"é€😀\";\"é€😀\""
      })
  void valuesAreKeptAsWritten(String json, String kept) throws GoJsonException {
    assertThat(value(save("[{\"value\": " + json + " ,\"key\":\"k\"}]").getFirst()))
        .isEqualTo(kept);
    assertThat(value(save("[{\"key\":\"k\",\"value\":" + json + "}]").getFirst())).isEqualTo(kept);
  }

  @Test
  void namesMatchInAnyCaseAndUnknownOnesAreIgnored() throws GoJsonException {
    SetRequest item =
        save("[{\"KEY\":\"k\",\"Value\":2,\"ETag\":null,\"more\":{\"key\":\"x\"},\"key2\":[1]}]")
            .getFirst();
    assertThat(item.key()).isEqualTo("k");
    assertThat(value(item)).isEqualTo("2");
    assertThat(item.etag()).isNull();
  }

  @Test
  void whatIsAbsentOrNullHasItsDefault() throws GoJsonException {
    assertThat(save("null")).isEmpty();
    assertThat(save("[]")).isEmpty();
    SetRequest item = save("[null]").getFirst();
    assertThat(item.key()).isEmpty();
    assertThat(value(item)).isEqualTo("null");
    assertThat(item.options()).isEqualTo(StateOptions.NONE);
    assertThat(save("[{\"key\":\"k\",\"metadata\":{\"a\":null}}] trailing").getFirst().metadata())
        .isEqualTo(Map.of("a", ""));
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() throws GoJsonException {
    Buffer body =
        Buffer.buffer("[{\"key\":\"k\",\"value\":\"").appendByte((byte) 0xff).appendString("\"}]");
    assertThat(value(SaveBody.parse(body).getFirst())).isEqualTo("\"\ufffd\"");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "{\"key\":\"k\"};json: cannot unmarshal object into Go value of type []state.SetRequest",
        "[1];json: cannot unmarshal number into Go value of type state.SetRequest",
        "[{\"key\":1}];json: cannot unmarshal number into Go struct field SetRequest.key of type string",
        "[{\"key\":\"k\",\"etag\":true}];json: cannot unmarshal bool into Go struct field SetRequest.etag of type string",
        "[{\"metadata\":[]}];json: cannot unmarshal array into Go struct field SetRequest.metadata of type map[string]string",
        "[{\"metadata\":{\"a\":1}}];json: cannot unmarshal number into Go struct field SetRequest.metadata of type string",
        "[{\"options\":\"x\"}];json: cannot unmarshal string into Go struct field SetRequest.options of type state.SetStateOption",
        "[{\"key\":1,\"etag\":2}, ];invalid character ']' looking for beginning of value",
        "[{\"key\":{\"a\":1},\"value\":;unexpected EOF"
      })
  void wrongTypesAndBrokenSyntax(String body, String problem) {
    assertThatThrownBy(() -> save(body)).isInstanceOf(GoJsonException.class).hasMessage(problem);
  }

  @Test
  void aBombIsRefusedAtOnce() {
    assertThatThrownBy(() -> save("[{\"key\":\"k\",\"value\":" + "[".repeat(2_000_000)))
        .hasMessage("exceeded max depth");
    assertThatThrownBy(() -> save("[".repeat(5000) + "]".repeat(5000)))
        .hasMessage("exceeded max depth");
  }

  @Test
  void bulkGet() throws GoJsonException {
    BulkGetBody body =
        BulkGetBody.parse(
            Buffer.buffer(
                "{\"keys\":[\"a\",null],\"parallelism\":-3,\"metadata\":{\"x\":\"y\"},\"unknown\":[{}]}"));
    assertThat(body.keys()).containsExactly("a", "");
    assertThat(body.parallelism()).isZero();
    assertThat(body.metadata()).isEqualTo(Map.of("x", "y"));
    assertThatThrownBy(
            () -> BulkGetBody.parse(Buffer.buffer("{\"keys\":[\"a\"],\"parallelism\":1.5}")))
        .hasMessage(
            "json: cannot unmarshal number 1.5 into Go struct field BulkGetRequest.parallelism of type int");
  }

  private static List<TransactionItem> transaction(String operations) throws GoJsonException {
    return TransactionBody.parse(Buffer.buffer("{\"operations\":" + operations + "}")).operations();
  }

  @Test
  void transactions() throws GoJsonException {
    List<TransactionItem> items =
        transaction(
            "[{\"request\":{\"KEY\":\"a\",\"value\":[1],\"options\":{\"concurrency\":\"first-write\"}},"
                + "\"operation\":\"upsert\"},{\"operation\":\"delete\",\"request\":null}]");
    assertThat(items.getFirst().operation()).isEqualTo("upsert");
    assertThat(items.getFirst().request().key()).isEqualTo("a");
    assertThat(value(items.getFirst().request())).isEqualTo("[1]");
    assertThat(items.getFirst().request().options().firstWrite()).isTrue();
    assertThat(items.get(1))
        .matches(item -> item.problem() == null && item.request().key().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "\"x\";'' expected a map, got 'string'",
        "[1];'' expected a map, got 'slice'",
        "{\"etag\":5};1 error(s) decoding:\\n\\n* 'ETag' expected type 'string', got unconvertible type 'float64', value: '5'",
        "{\"metadata\":{\"a\":true}};1 error(s) decoding:\\n\\n* 'Metadata[a]' expected type 'string', got unconvertible type 'bool', value: 'true'",
        "{\"options\":1,\"key\":[1]};2 error(s) decoding:\\n\\n* 'Key' expected type 'string', got unconvertible type '[]interface {}', value: '[1]'\\n* 'Options' expected a map, got 'float64'"
      })
  void problemsOfAnOperationAreToldWhenItsTurnComes(String request, String problem)
      throws GoJsonException {
    TransactionItem item =
        transaction("[{\"operation\":\"upsert\",\"request\":" + request + "}]").getFirst();
    assertThat(item.problem()).isEqualTo(problem.replace("\\n", "\n"));
  }
}
