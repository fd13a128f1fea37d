/**
 * {@code secretstores.local.file}: secrets from a JSON file, read once when the component opens.
 * Start at {@link io.jitney.components.secretstores.localfile.LocalFileSecretStore}.
 */
@NullMarked
package io.jitney.components.secretstores.localfile;

import org.jspecify.annotations.NullMarked;
