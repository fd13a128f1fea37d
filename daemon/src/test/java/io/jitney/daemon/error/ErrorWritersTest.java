package io.jitney.daemon.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorWritersTest {
  @Test
  void aPlainErrorHasTwoMembersAndABareStatus() {
    DaprError error = DaprErrors.badRequest("x");
    assertThat(HttpErrorWriter.body(error).toString())
        .isEqualTo("{\"errorCode\":\"ERR_BAD_REQUEST\",\"message\":\"invalid request: x\"}");
    assertThat(error.grpcDetails()).isEmpty();
  }

  @Test
  void detailsAreSnakeCaseAndAMissingMetadataIsNull() {
    DaprError error =
        DaprError.rich(
            "E",
            400,
            GrpcStatus.INVALID_ARGUMENT,
            "m",
            new ErrorDetail.BadRequest(List.of(new ErrorDetail.Violation("f", "d"))),
            new ErrorDetail.ResourceInfo("state", "s", ""),
            new ErrorDetail.ErrorInfo("R", null));
    assertThat(HttpErrorWriter.body(error).toString())
        .contains("\"field_violations\":[{\"field\":\"f\",\"description\":\"d\"}]")
        .contains(
            "\"resource_type\":\"state\",\"resource_name\":\"s\",\"owner\":\"\",\"description\":\"\"")
        .contains("\"reason\":\"R\",\"domain\":\"dapr.io\",\"metadata\":null");
  }

  @Test
  void theGrpcDetailsAreAStatusMessage() throws Exception {
    DaprError error =
        DaprError.rich(
            "E",
            429,
            GrpcStatus.RESOURCE_EXHAUSTED,
            "m",
            new ErrorDetail.ErrorInfo("R", Map.of("k", "v")));
    Status status =
        Status.parseFrom(Base64.getDecoder().decode(GrpcErrorWriter.detailsHeader(error)));
    assertThat(status.getCode()).isEqualTo(8);
    assertThat(status.getMessage()).isEqualTo("m");
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getMetadataMap())
        .containsEntry("k", "v");
    assertThat(GrpcErrorWriter.encodedMessage(DaprErrors.badRequest("50% é")))
        .isEqualTo("invalid request: 50%25 %C3%A9");
  }
}
