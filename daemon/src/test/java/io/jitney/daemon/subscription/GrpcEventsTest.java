package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.jitney.components.pubsub.Message;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcEventsTest {
  private static Event event(String json) throws NotAnEvent {
    Message message = new Message(Buffer.buffer(json.replace('\'', '"')), "t", Map.of());
    return EventReader.read(message, "ps", "t", false, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          application/json              | {'b':2,'a':[1,1.5,'x',null,true]} | {"a":[1,1.5,"x",null,true],"b":2}
          application/json; charset=x   | 'just a string'                   | "just a string"
          Application/JSON              | 12345678901234567890              | 12345678901234567000
          application/cloudevents+json  | {'x':1e-7}                        | {"x":1e-7}
          text/plain                    | 'héllo'                           | héllo
          application/xml               | '<a/>'                            | <a/>
          foo/bar                       | 'any'                             | ``
          application/vnd.x+json        | 'any'                             | ``
          """)
  void dataByContentType(String type, String data, String expected) throws Exception {
    Event event = event("{'datacontenttype':'" + type + "','data':" + data + "}");

    assertThat(GrpcEvents.single(event, "ps", "/p").getData().toStringUtf8()).isEqualTo(expected);
  }

  @Test
  void binaryDataAreDecodedButInBulk() throws Exception {
    Event event = event("{'datacontenttype':'application/octet-stream','data_base64':'cmF3'}");

    assertThat(GrpcEvents.single(event, "ps", "/p").getData().toStringUtf8()).isEqualTo("raw");
    assertThat(GrpcEvents.entry(event).getData().isEmpty()).isTrue();
  }

  @Test
  void textHasToBeText() throws Exception {
    Event event = event("{'datacontenttype':'text/plain','data':{}}");

    assertThatThrownBy(() -> GrpcEvents.single(event, "ps", "/p"))
        .isInstanceOf(DeliveryException.class);
  }

  @Test
  void fieldsAndExtensions() throws Exception {
    TopicEventRequest request =
        GrpcEvents.single(
            event(
                "{'id':'i','source':'s','type':'ty','specversion':'1.0','topic':'other','subject':null,"
                    + "'time':5,'x':{'y':[true]},'data':1}"),
            "ps",
            "/p");

    assertThat(request.getId()).isEqualTo("i");
    assertThat(request.getTopic()).isEqualTo("t");
    assertThat(request.getPubsubName()).isEqualTo("ps");
    assertThat(request.getPath()).isEqualTo("/p");
    assertThat(request.getExtensions().getFieldsMap().keySet())
        .containsExactlyInAnyOrder("topic", "subject", "time", "x");
    assertThat(request.getExtensions().getFieldsOrThrow("time").getNumberValue()).isEqualTo(5);
  }
}
