"""DL/T 645: the protocol of electricity meters in China, in the versions of 2007 and 1997. Pure: bytes in, facts out."""
