package io.jitney.daemon;
