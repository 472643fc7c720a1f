import fc from "fast-check";

/* In CI properties draw the same shops at every run, so that a red build is the doing of a change; elsewhere new ones. */
if (process.env.CI) fc.configureGlobal({seed: 20261125});
