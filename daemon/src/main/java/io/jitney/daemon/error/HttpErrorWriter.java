package io.jitney.daemon.error;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Error bodies as daprd writes them: members of details in snake_case, in the order of Go's
 * structs.
 */
public final class HttpErrorWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String TYPE = "type.googleapis.com/google.rpc.";

  private HttpErrorWriter() {}

  /** The body: {@code errorCode}, {@code message}, and {@code details} for rich errors. */
  public static Buffer body(DaprError error) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("errorCode", error.errorCode());
      json.writeStringField("message", error.message());
      if (error.httpDetails() != null) {
        json.writeArrayFieldStart("details");
        for (ErrorDetail detail : error.httpDetails()) {
          write(json, detail);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Buffer.buffer(out.toByteArray());
  }

  private static void write(JsonGenerator json, ErrorDetail detail) throws IOException {
    json.writeStartObject();
    switch (detail) {
      case ErrorDetail.ErrorInfo info -> {
        json.writeStringField("@type", TYPE + "ErrorInfo");
        json.writeStringField("reason", info.reason());
        json.writeStringField("domain", info.domain());
        json.writeFieldName("metadata");
        if (info.metadata() == null) {
          json.writeNull();
        } else {
          json.writeStartObject();
          for (Map.Entry<String, String> entry :
              new TreeMap<>(info.metadata()).entrySet()) { // as Go
            json.writeStringField(entry.getKey(), entry.getValue());
          }
          json.writeEndObject();
        }
      }
      case ErrorDetail.ResourceInfo resource -> {
        json.writeStringField("@type", TYPE + "ResourceInfo");
        json.writeStringField("resource_type", resource.type());
        json.writeStringField("resource_name", resource.name());
        json.writeStringField("owner", "");
        json.writeStringField("description", resource.description());
      }
      case ErrorDetail.BadRequest bad -> {
        json.writeStringField("@type", TYPE + "BadRequest");
        json.writeArrayFieldStart("field_violations");
        for (ErrorDetail.Violation violation : bad.violations()) {
          json.writeStartObject();
          if (!violation.field().isEmpty()) {
            json.writeStringField("field", violation.field());
          }
          json.writeStringField("description", violation.description());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      case ErrorDetail.Help help -> {
        json.writeStringField("@type", TYPE + "Help");
        json.writeArrayFieldStart("links");
        json.writeStartObject();
        json.writeStringField("description", help.description());
        json.writeStringField("url", help.url());
        json.writeEndObject();
        json.writeEndArray();
      }
      case ErrorDetail.RetryInfo retry -> {
        json.writeStringField("@type", TYPE + "RetryInfo");
        json.writeStringField("retry_delay", retry.delayMillis() / 1000.0 + "s");
      }
    }
    json.writeEndObject();
  }
}
