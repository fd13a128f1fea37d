package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.state.StateData;
import io.jitney.daemon.state.StateEncryption.BadKey;
import io.jitney.daemon.state.StateEncryption.Undecipherable;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateEncryptionTest {
  private static final String ONE =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  private static final String TWO =
      "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

  private static StateEncryption encryption() throws BadKey {
    return new StateEncryption(
        StateEncryption.Key.ofHex("key1", ONE), StateEncryption.Key.ofHex("key2", TWO));
  }

  private static String roundTrip(StateData value) throws BadKey, Undecipherable {
    return encryption().decrypt(encryption().encrypt(value).bytes()).toString();
  }

  /** Recorded from Dapr: ciphertexts with fixed nonces. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "AQIDBAUGBwgJCgsMEhdpzIfaZKCi2tP8ko4/CWyH11XK||key1;hello",
        "AQIDBAUGBwgJCgsMdVxD95XEyxk0tIWSXCKlwf1yK7fkka4=||key2;{\"a\":1}",
        "AQIDBAUGBwgJCgsMUOWfN+lB/FiATbolPrH87Q==||key1;~~"
      })
  void readsWhatDaprWrote(String stored, String plain) throws BadKey, Undecipherable {
    assertThat(encryption().decrypt(Buffer.buffer(stored)).toString()).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "\"text\";text",
        "\"q\\\"\\u00e9\";q\"é",
        "42;42",
        "{ \"a\" : 1 };{\"a\":1}",
        "null;null",
        "\"\";~~"
      })
  void aJsonStringLosesItsQuotesAndNothingElseChanges(String json, String plain)
      throws BadKey, Undecipherable {
    assertThat(roundTrip(new StateData.Json(Buffer.buffer(json)))).isEqualTo(plain);
  }

  @Test
  void bytesStayBytes() throws BadKey, Undecipherable {
    assertThat(roundTrip(new StateData.Bytes(Buffer.buffer("\"text\"")))).isEqualTo("\"text\"");
  }

  @Test
  void theStoredFormIsDaprs() throws BadKey {
    StateData sealed = encryption().encrypt(new StateData.Json(Buffer.buffer("\"text\"")));
    assertThat(sealed).isInstanceOf(StateData.Bytes.class);
    assertThat(sealed.bytes().toString()).matches("[A-Za-z0-9+/]{43}=\\|\\|key1").hasSize(50);
    assertThat(encryption().encrypt(new StateData.Json(Buffer.buffer("\"text\""))))
        .isNotEqualTo(sealed); // nonces
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "AQIDBAUGBwgJCgsMZhtOucAHrHP50vSdS9cW8j3N+HXF||key1;cipher: message authentication failed",
        "****||key1;illegal base64 data at input byte 0",
        "AQID||key1;the value is too short to be encrypted",
        "plain text;the value names no encryption key",
        "AQIDBAUGBwgJCgsMEhdpzIfaZKCi2tP8ko4/CWyH11XK||other;the value was encrypted with a key that is not of this component"
      })
  void brokenValuesAreFailuresAndNotCrashes(String stored, String message) throws BadKey {
    StateEncryption encryption = encryption();
    assertThatThrownBy(() -> encryption.decrypt(Buffer.buffer(stored)))
        .isInstanceOf(Undecipherable.class)
        .hasMessage(message);
  }

  @Test
  void keysAreHexOfAnAesSize() throws BadKey {
    assertThat(StateEncryption.Key.ofHex("k", ONE.substring(0, 32)).key().getEncoded()).hasSize(16);
    assertThat(StateEncryption.Key.ofHex("k", ONE.substring(0, 48)).key().getEncoded()).hasSize(24);
    assertThatThrownBy(() -> StateEncryption.Key.ofHex("k", "001122"))
        .hasMessage("crypto/aes: invalid key size 3");
    assertThatThrownBy(() -> StateEncryption.Key.ofHex("k", "z".repeat(64)))
        .hasMessage("encoding/hex: invalid byte");
    assertThatThrownBy(() -> StateEncryption.Key.ofHex("k", "001"))
        .hasMessage("encoding/hex: odd length hex string");
  }

  @Test
  void keysDoNotShow() throws BadKey {
    assertThat(encryption().toString()).isEqualTo("StateEncryption[Key[key1]]");
  }

  @Test
  void aSecondaryKeyAloneEncryptsNothing() throws BadKey {
    assertThat(StateEncryption.of(null, StateEncryption.Key.ofHex("k", ONE))).isNull();
  }
}
