"""What makes a GAN a GAN: its losses."""
