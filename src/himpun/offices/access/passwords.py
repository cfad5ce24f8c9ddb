"""What a password must be, told in the words of the rest of the house."""

from django.contrib.auth import password_validation as rules


class MinimumLength(rules.MinimumLengthValidator):
    def get_help_text(self) -> str:
        return f"Paling sedikit {self.min_length} huruf, angka, atau tanda."


class CommonPassword(rules.CommonPasswordValidator):
    def get_help_text(self) -> str:
        return "Bukan kata sandi yang dipakai banyak orang, seperti “rahasia123”."


class UserAttributeSimilarity(rules.UserAttributeSimilarityValidator):
    def get_help_text(self) -> str:
        return "Tidak mirip dengan nama atau surel Anda."
